"""PDF files: own layout on reportlab's canvas.

The pages are written while the chats come in; every character gets the first font that has it.
"""
