"""How good the trained models are, beside simple comparisons and beside other tools."""
