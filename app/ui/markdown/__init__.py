"""Answers as Markdown: block by block while they are written."""
