"""Documents of other shapes to ours: nothing lost, nothing invented."""
