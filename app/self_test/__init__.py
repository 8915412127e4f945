"""`--self-test`: does this installation work on this PC? It leaves nothing behind."""
