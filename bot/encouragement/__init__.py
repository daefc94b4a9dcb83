"""Words that fit: a library of messages, the facts behind them, and the rules for which one is shown when."""
