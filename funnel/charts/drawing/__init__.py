"""What the charts share: axes, bars, labels, style and files."""
