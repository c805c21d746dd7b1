from __future__ import annotations

import pytest

from prep.lab.source import Use, forbidden_use

FORBIDDEN = ["torch.softmax", "torch.nn.RNNCell"]


@pytest.mark.parametrize(
    "source",
    [
        "import torch\ntorch.softmax(x, 0)",
        "import torch as t\ny = t.softmax",
        "from torch import softmax\n",
        "from torch import softmax as s\n",
        "from torch.nn.functional import softmax\n",
        "import torch.nn.functional as F\nF.softmax(x)",
        "from torch.nn import functional as F\nF.softmax(x)",
        "from torch import nn\nnn.functional.softmax(x)",
        "import torch\nx.softmax(0)",
        "import torch\ntorch.special.softmax(x, 0)",
    ],
)
def test_a_forbidden_function_is_found_however_it_is_written(source):
    assert forbidden_use(source.encode(), FORBIDDEN).call == "torch.softmax"


@pytest.mark.parametrize(
    "source",
    [
        "from torch import nn\nnn.RNNCell(1, 2)",
        "from torch.nn import RNNCell",
        "import torch\nclass A(torch.nn.RNNCell): pass",
    ],
)
def test_a_forbidden_class_is_found(source):
    assert forbidden_use(source.encode(), FORBIDDEN).call == "torch.nn.RNNCell"


@pytest.mark.parametrize(
    "source",
    [
        "def softmax(x): return x\nsoftmax(1)",
        "import mine\nmine.softmax",
        "softmax = 1\nprint('torch.softmax(x)')",
        "from torch import nn\nnn.RNN(1, 2)",
        "class A:\n    def softmax(self): return 1\n",
    ],
)
def test_what_only_looks_like_it_is_left_alone(source):
    assert forbidden_use(source.encode(), FORBIDDEN) is None


@pytest.mark.parametrize(
    "source",
    [
        "import opacus",
        "import opacus.accountants as a",
        "from opacus import PrivacyEngine",
        "from opacus.accountants.analysis import rdp",
        "import opacus_like\nimport opacus\nopacus.accountants.RDPAccountant()",
    ],
)
def test_a_forbidden_module_is_found_with_all_that_it_holds(source):
    assert forbidden_use(source.encode(), ["opacus"]).call == "opacus"


def test_a_module_of_a_similar_name_is_left_alone():
    assert forbidden_use(b"import opacus_like\nopacus_like.a()", ["opacus"]) is None


def test_the_first_line_is_told():
    source = b"import torch\n\n\ntorch.softmax(x)\ntorch.softmax(y)"
    assert forbidden_use(source, FORBIDDEN) == Use("torch.softmax", 4)
