"""Answers and code that hold up what reads, lays out or colours them."""

import random

_ROW = "| " + " | ".join(["c"] * 2000) + " |\n"
MONSTERS = {
    "a line of 1 MB": "x" * 1_000_000,
    "words in a line of 1 MB": "word " * 200_000,
    "a line of 1 MB in code": "```\n" + "x" * 1_000_000 + "\n```\n",
    "a table of 2,000 columns": _ROW + _ROW.replace("c", "-") + _ROW * 3,
    "quotes, 20,000 deep": "> " * 20_000 + "deep",
    "quotes, 3,000 deep": "> " * 2_900 + "deep\n" * 50,
    "lists, 2,000 deep": "".join("  " * depth + "- x\n" for depth in range(2000)),
    "a table of 5,000 rows": "| a | b |\n|---|---|\n" + "| one `1` | **two** |\n" * 5000,
    "100,000 entities": "&amp;" * 100_000,
    "lines of entities": ("&amp;" * 500 + "\n") * 40,
    "brackets": "[" * 5900,
    "pictures": "![" * 2900,
    "emphasis": "*a **b _c " * 590,
    "backticks": "".join("`" * (n % 40) + "a" for n in range(280)),
    "formulas that never end": "$a \\( \\[ $$ " * 490,
    "a formula that never ends": "$$\n" + "x + y\n" * 3000,
    "unclosed fences": "```py\nx\n\n~~~\n" * 3000,
    "fences that are closed": "```py\nx = 1\n```\n" * 1000,
    "items": "- item\n" * 10_000,
    "items in an item": "- x\n" + "  - item\n" * 10_000,
    "empty lines in an item": "- x\n" + "\n" * 50_000,
    "headings": "# Heading\n" * 3000,
    "names of links": "".join(f"[a{n}]: http://a.org/{n}\n" for n in range(3000)) + "[a1] " * 3000,
    "links": "[a](http://a.org) " * 20_000,
    "turned and stacked": "\u202e\u2066a\u0301\u0302" * 20_000,
    "control signs": "".join(map(chr, range(0x20))) * 3000,
    "objects": "\ufffc\ufdd0\ufdd1\u2028\u2029\x00 " * 3000,
    "families": "👩‍👩‍👧‍👦" * 5000,
    "lone surrogates": "\ud800 \udc00x" * 500,
    "rules": "***\n---\n" * 2000,
}

LANGUAGES = (
    *("python", "javascript", "typescript", "jsx", "java", "kotlin", "c", "cpp", "csharp", "go"),
    *("rust", "ruby", "php", "swift", "scala", "bash", "powershell", "sql", "html", "css", "scss"),
    *("xml", "json", "yaml", "toml", "ini", "markdown", "diff", "dockerfile", "lua", "r", "perl"),
    *("haskell", "julia", "matlab", "latex", "elixir", "nix", "cmake", "graphql", "http", "zig"),
)
TEXTS = (
    "def f(x):\n    return '''a\n" * 400,
    "function f(x) { return `a${x}` /* b\n" * 300,
    "<a href='x'><!-- <b>&amp;\n" * 500,
    '{"a": [1, 2, {"b": "c\\"\n' * 500,
    "SELECT 'a FROM \"b -- c\n" * 500,
    "\\begin{a} $x$ % b\n" * 500,
    "'" * 8000,
    '"' * 400 + "\n" * 100,
    "/*" * 4000,
    "((((((((" * 60 + "\n" + "{{{{" * 2000,
    "a" * 499 + "\n" + "0" * 499 + "\n" + " " * 499,
    "".join(random.Random(7).choices("abc(){}[]<>\"'`\\/*#$%&|!?=+-_.:;,\n \t0", k=12_000)),
)
