"""Addresses that lie, and what becomes of them: None where nothing may be opened."""

LINKS: dict[str, str | None] = {
    **dict.fromkeys(
        (
            *("javascript:alert(1)", "JaVaScRiPt:alert(1)", "vbscript:x", "data:text/html,x"),
            *("file:///etc/passwd", "FILE:///etc/passwd", "file://server/share/x.png"),
            *(
                "//evil.example/x",
                "\\\\\\\\server\\\\share\\\\x",
                "smb://server/share",
                "/etc/passwd",
            ),
            *(
                "ms-msdt:/id",
                "ms-officecmd:x",
                "search-ms:query=x",
                "calculator:x",
                "ms-settings:x",
            ),
            *(
                "ftp://evil.example/x",
                "sftp://evil.example/",
                "ssh://evil.example/",
                "telnet://a.b",
            ),
            *(
                "qrc:/x",
                "qrc:///icons/x.svg",
                "cierzo:x",
                "chrome:x",
                "about:blank",
                "view-source:x",
            ),
            *("steam://run/1", "tel:+34", "sms:+34", "intent://x#Intent;end", "jar:file:///x!/"),
            *("ldap://evil.example/", "gopher://evil.example/", "ws://evil.example/", "blob:x"),
            *("http://user:word@evil.example/", "https://paypal.com@evil.example/", "http://"),
            *("https:evil.example", "http://evil.example\\@good.example/", "mailto:", "#x", "x"),
            *("http://a\u202eb.example/", "http://a\u200bb.example/", "http://%00.example/"),
            *("https://a.example/\u202egnp.exe", "http:// evil.example", "http://[::1"),
            *("http\u200b://evil.example/", "\u0001http://evil.example/", "htt\tp://evil.example"),
        )
    ),
    "http://example.org/": "http://example.org/",
    "https://example.org/a?b=c#d": "https://example.org/a?b=c#d",
    "http://\u0430pple.com/": "http://xn--pple-43d.com/",
    "http://xn--pple-43d.com/": "http://xn--pple-43d.com/",
    "http://b\u00fccher.example/\u00fc": "http://xn--bcher-kva.example/%C3%BC",
    "https://\u0440\u0430ypal.com/": "https://xn--ypal-43d9g.com/",
    "mailto:a@b.example": "mailto:a@b.example",
}

# Markdown writes these as the network spells them before anybody looks: nothing unseen is left.
ENCODED = {
    "http://a\u202eb.example/": "http://xn--ab-g4t.example/",
    "http://a\u200bb.example/": "http://xn--ab-g1t.example/",
    "https://a.example/\u202egnp.exe": "https://a.example/%E2%80%AEgnp.exe",
}
