"""Runtimes that are known and whose frames are not walked."""

import re

from crashcart_stacks.maps import Mapping

# Name of a mapped file, and the note.
KNOWN = (
    (r"/libjvm\.so", "Java: its frames are not walked; the tool Java: thread dump attaches for them"),
    (r"/libcoreclr\.so", ".NET: its frames are not walked"),
    (r"/(?:node|nodejs)$|/libnode\.so", "Node: frames of JavaScript are not walked; native stack only"),
    (r"/ruby[\d.]*$|/libruby", "Ruby: its frames are not walked; native stack only"),
    (r"/(?:php|php-fpm|php-cgi)[\d.]*$|/libphp", "PHP: its frames are not walked; native stack only"),
    (r"/beam(?:\.smp)?$", "Erlang: its processes are not walked; native stack only"),
    (r"/perl[\d.]*$|/libperl\.so", "Perl: its frames are not walked; native stack only"),
    (r"/(?:lua|luajit)[\d.]*$|/liblua|/libluajit", "Lua: its frames are not walked; native stack only"),
)


def other_runtime(maps: "list[Mapping]") -> "str | None":
    """Note about the first runtime of which a file is mapped as code."""
    paths = {one.path.replace(" (deleted)", "") for one in maps if "x" in one.rights}
    for pattern, note in KNOWN:
        if any(re.search(pattern, path) for path in paths):
            return note
    return None
