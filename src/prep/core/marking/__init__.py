"""How each type of question is marked; `prep.core.judge` is the way in."""
