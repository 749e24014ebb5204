"""Texts that a stranger may give as a name: Markdown, as Streamlit reads it, makes something of each."""

from __future__ import annotations

import random

_ADDRESSES = (
    "![a](http://{canary}/image)",
    "![a]( <http://{canary}/angled> 'title')",
    "![a][r]\n\n[r]: http://{canary}/reference",
    "[![a](http://{canary}/nested)](http://{canary}/link)",
    "`![a](http://{canary}/tick)",
    "*`![a](http://{canary}/ticks)`*",
    "![a](http&colon;&sol;&sol;{canary}&sol;entity)",
    "![a](http&#58;&#x2f;&#x2F;{canary}&#47;number)",
    "![a](//{canary}/no-scheme)",
    "![a](\\http://{canary}/backslash)",
    "\\![a](http://{canary}/escaped)",
    "\\\\![a](http://{canary}/twice)",
    "![a](http://{canary}/x){{width=10}}",
    "http://{canary}/bare",
    "HTTPS://{canary}/upper",
    "see http://{canary}/in-a-line, please",
    "(http://{canary}/parentheses)",
    "http://[::1]/x https://example.com?q=1#f",
    "<http://{canary}/autolink>",
    "<img src=http://{canary}/html>",
    "<img src=x onerror=alert(1)>",
    "<a href='http://{canary}/a'>x</a>",
    "<svg/onload=alert(2)>",
    "<iframe src=http://{canary}/frame></iframe>",
    "<style>@import 'http://{canary}/style'</style>",
    "<link rel=stylesheet href=http://{canary}/sheet>",
    "<video poster=http://{canary}/poster>",
    "</script><script>alert(3)</script>",
    "<!-- http://{canary}/comment -->",
    "<!DOCTYPE html><base href=http://{canary}/>",
    "[x](javascript:alert(4))",
    "[x](data:text/html,<script>alert(5)</script>)",
    "[x](http://{canary}/link 'title')",
    "[Session over, sign in](http://{canary}/sign-in)",
    "[x]: http://{canary}/definition",
    "www.example.com",
    "WWW.EXAMPLE.COM/path?q",
    "wwww.example.com",
    "-www.example.com",
    "(www.example.com)",
    "someone@example.com",
    "a.b+c_d@example.co.uk",
    "mailto:someone@example.com",
    "xmpp:someone@example.com/room",
    "ftp://{canary}/file",
    "irc://{canary}/x",
)

_SIGNS = (
    ":smile: :+1: :-1: :1234:",
    "a:smile:b",
    ":material/bolt: :material/home:",
    ":material_bolt: material/bolt:",
    ":streamlit:",
    ":red[danger] :green-background[fine] :rainbow[x]",
    ":red-badge[Error] :small[x] :shimmer[x] :help[x]",
    ":color[x]{{foreground=red}}",
    "::directive[x] :::",
    ":::note\nx\n:::",
    ":a[b]{{src=http://{canary}/directive}}",
    "$x^2$ $$\\int_0^1$$",
    "$\\href{{http://{canary}/math}}{{x}}$",
    "costs $5 and $6",
    "`code` ``co`de``",
    "```\nfenced\n```",
    "~~~mermaid\ngraph TD; A-->B\n~~~",
    "**bold** __bold__ *slanted* _slanted_ ***both***",
    "snake_case_name _x_ a_b_ _c",
    "~~gone~~ ~gone~ H~2~O",
    "x^2^ ==marked== ++added++",
    "[^1] [^1]: a footnote",
    "[ ] task [x] done",
    "- [ ] task",
    "-> <- <-> -- --- >= <= ~= != =>",
    "a -> b -- c <= d",
    "<-> -- ->",
    "(c) (r) (tm) ... 1/2",
)

_LINES = (
    "# heading",
    "###### heading ######",
    "#hashtag",
    "heading\n===",
    "heading\n---",
    "- item",
    "* item",
    "+ item",
    "+",
    "-",
    "1. item",
    "1) item",
    "2026. a year",
    "> quoted",
    ">quoted",
    "---",
    "***",
    "___",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "a|b",
    "    indented by four",
    "\tindented by a tab",
    "two  \nlines",
    "one\\\ntwo",
    "one\n\n\ntwo",
    "one\r\ntwo\rthree",
    "term\n: definition",
    "Abbr\n*[Abbr]: x",
    "+++\ntoml\n+++",
    "---\nyaml: x\n---",
)

_CHARACTERS = (
    "&amp; &lt; &copy; &#65; &#x41; &nbsp;x",
    "&colon;smile&colon; &#58;smile&#58;",
    "\\",
    "ends in \\",
    "\\* \\_ \\# \\a",
    "!",
    "'single' \"double\"",
    "100 % & more",
    "{{name}} {{0}} {{{{x}}}} %s %(name)s",
    "]](x) [[x]] ][",
    "a]b[c](d",
    "\u202egnp.exe",
    "\u2066left\u2069 \u202amore\u202c",
    "zero\u200bwidth \ufeffmark soft\u00adhyphen",
    "h\u200bttp://{canary}/zero-width",
    "bell\x07 escape\x1b[31m null\x00",
    "line\u2028paragraph\u2029",
    "no\u00a0break\u202fspace",
    "lone \udcff surrogate",
    "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
    "Stra\u00dfe_\u00e9t\u00e9_\u8857\u9053",
    "\U0001f6b2 \U0001f469\u200d\U0001f33e",
    "e\u0301 combining",
    " leading and trailing ",
    "x" * 300,
    "CamVid-32",
    "street-lite0",
    "0001TP_006690.png",
    "fine-tune (2)",
    "3.50",
    "-5",
    "50.0 %",
)

_JOINERS = ("", " ", "\n", "_", "*", "**", "`", "](", "<", "\\", ":", "&", ".", "-")


def hostile(canary: str) -> list[str]:
    """The texts, and two hundred put together from them; canary: host and port that nobody may ask."""
    written = [text.format(canary=canary) for text in (*_ADDRESSES, *_SIGNS, *_LINES, *_CHARACTERS)]
    return [*written, *_mixed([text for text in written if len(text) < 100], 200)]


def _mixed(texts: list[str], number: int) -> list[str]:
    """Texts one after the other, with signs between them; the same ones each time."""
    chance = random.Random(7)  # noqa: S311 (no secret)
    return [
        "".join(
            part
            for text in chance.sample(texts, chance.randint(2, 4))
            for part in (text, chance.choice(_JOINERS))
        )
        for _ in range(number)
    ]


def visible(text: str) -> str:
    """What a page shows of a text: runs of spaces are one, what cannot be seen has its number."""
    hidden = {0xAD, 0x200B, 0xFEFF, 0xDCFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x00, 0x07, 0x1B}
    return " ".join("".join(f"[U+{ord(each):04X}]" if ord(each) in hidden else each for each in text).split())
