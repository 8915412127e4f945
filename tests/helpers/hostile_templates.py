"""Chat templates that nobody should run, each to be put into a model file.

Kinds follow what was found in files and advisories: ways out of Jinja's sandbox, loops without an
end, memory without a bound, work while the template is compiled, and what cannot be compiled.
"""

_THOUSANDS = "{% for a in range(99999) %}{% for b in range(99999) %}"
_ENDS = "{% endfor %}{% endfor %}"

ENDLESS = {
    "loops in loops": _THOUSANDS + "{% for c in range(99999) %}{% endfor %}" + _ENDS,
    "loops that write": _THOUSANDS + "{{ messages[0].content }}" + _ENDS,
    "a power while compiling": "{{ 9**(9**9) }}",
    "a million paragraphs": "{{ lipsum(n=1000000) }}",
    "a billion slices": "{{ [1]|slice(1000000000)|list|length }}",
    "loops behind the first turn": "{% if messages[0].role == 'user' %}"
    + (_THOUSANDS + _ENDS)
    + "{% endif %}",
}

HUNGRY = {
    "a long word while compiling": "{{ 'a' * 3000000000 }}",
    "a wide number": "{{ '%0999999999d'|format(1) }}",
    "a word in the middle": "{{ 'a'.center(2000000000) }}",
    "a text that doubles": "{% set n = namespace(x='a' * 16) %}{% for i in range(40) %}"
    "{% set n.x = n.x + n.x %}{% endfor %}{{ n.x|length }}",
    "a list that doubles": "{% set n = namespace(x=[0]) %}{% for i in range(60) %}"
    "{% set n.x = n.x + n.x %}{% endfor %}{{ n.x|length }}",
    "a deep indent": "{{ messages|tojson(indent=100000000) }}",
    "a billion in a batch": "{{ [1]|batch(1000000000, 'x')|list|length }}",
    "a long clock": "{{ strftime_now('%Y' * 100000000) }}",
}

BREAKING_OUT = {
    "the class of a text": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "globals of a helper": "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "globals of another": "{{ joiner.__init__.__globals__ }}",
    "globals of itself": "{{ self.__init__.__globals__ }}",
    "a format of attributes": "{{ '{0.__class__.__mro__}'.format(messages) }}",
    "an attribute by a filter": "{{ messages|attr('__class__')|attr('__mro__') }}",
    "a file": "{% include '/etc/passwd' %}",
    "a module": "{% import 'os' as os %}{{ os.system('id') }}",
    "another template": "{% extends 'file:///etc/passwd' %}",
    "a change of the chat": "{% set _ = messages.append({'role': 'x', 'content': 'y'}) %}",
}

BROKEN = {
    "no end": "{% if %}",
    "twenty-one loops in one another": "{% for a in [1] %}" * 21 + "x" + "{% endfor %}" * 21,
    "300 brackets": "{{ " + "(" * 300 + "1" + ")" * 300 + " }}",
    "300 conditions": "{% if 1 %}" * 300 + "x" + "{% endif %}" * 300,
    "a break without a loop": "{% break %}",
    "a number without an end": "{{ 1e309 // none }}",
    "a number of 5,000 digits": "{{ 10**5000 }}",
    "a call of itself": "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
    "no such filter": "{{ messages|nosuchfilter }}",
    "a missing message": "{{ messages[7]['content'] }}",
    "a division by zero": "{{ 1 / 0 }}",
    "a loop that is too long": "{% for i in range(100001) %}{% endfor %}",
    "a refusal with markup": "{{ raise_exception('<b>no</b> \u202e' + messages[0].content) }}",
    "a prompt of 100 MB": "{{ 'word ' * 20000000 }}",
    "nothing": "{% if false %}{% endif %}",
}

# Odd, but they may well answer.
ODD = {
    "half a character": "{{ '\\ud800' }}{{ messages[0].content }}",
    "a NUL": "a\0b{{ messages[0].content }}",
    "20,000 marks": "<|im_start|>" * 20_000,
}

ALL = {**ENDLESS, **HUNGRY, **BREAKING_OUT, **BROKEN, **ODD}
