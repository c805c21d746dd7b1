KEPT = "checkpoint.txt"
