"""The 13 tools: filled in on screen or by hand, taken along as PDF or Word, and stored nowhere."""
