"""Word documents, written as they are: XML in a zip archive.

The archive is made while the chats come in, so a long one takes no memory. What the format needs
beside the words lies in `resources/export/docx`.
"""
