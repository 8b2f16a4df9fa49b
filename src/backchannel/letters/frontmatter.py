"""The front matter of a draft: a small part of YAML, read without building anything.   Spec: docs/guide/drafts.md.

Values stay the text that was written (`no` is a word, a date is not touched), each with its line. Anchors, aliases,
tags, merge keys and several documents are not part of it: they have no use here and are how YAML is used to harm.
"""

from typing import Any, Final

from backchannel.values import dataclass

FENCE: Final = "---"
MOST_CHARACTERS: Final = 65_536
MOST_DEPTH: Final = 6
MOST_NODES: Final = 4_000


@dataclass(frozen=True, slots=True)
class Node:
    """What was written, and where. value: text, a list of Nodes, a dict of Nodes, or None for nothing."""

    value: Any
    line: int


class Unreadable(Exception):
    """The front matter cannot be read; line counts from 1 in the file."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(why)
        self.line = line
        self.why = why


def split(text: str) -> tuple[str, str, int]:
    """Front matter, body, and the number of the body's first line. Without a first line `---` all is body.

    Raises Unreadable if the front matter does not end.
    """
    lines = text.split("\n")
    if lines[0].rstrip() != FENCE:
        return "", text, 1
    for at, line in enumerate(lines[1:], start=1):
        if line.rstrip() in (FENCE, "..."):
            return "\n".join(lines[1:at]), "\n".join(lines[at + 1 :]), at + 2
    raise Unreadable(1, "the front matter begins here and does not end: close it with a line of ---")


def read(text: str) -> dict[str, Node]:
    """The fields of front matter that starts on the file's second line, each with its line. Raises Unreadable."""
    import yaml

    if len(text) > MOST_CHARACTERS:
        raise Unreadable(1, f"the front matter is longer than {MOST_CHARACTERS:,} characters")
    try:
        events = list(_bounded(yaml, text))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Unreadable((mark.line if mark else 0) + 2, f"this is no YAML: {error.problem}") from None
    except yaml.YAMLError:  # a character YAML does not allow; the rules of text name it and its place
        raise Unreadable(1, "the front matter holds a character that YAML does not allow") from None
    events.reverse()
    while events and isinstance(events[-1], yaml.StreamStartEvent | yaml.DocumentStartEvent):
        events.pop()
    if not events or isinstance(events[-1], yaml.StreamEndEvent):
        return {}
    node = _node(yaml, events)
    if node.value is None:
        return {}
    if not isinstance(node.value, dict):
        raise Unreadable(node.line, "front matter is fields and values, like `form: letter`")
    return node.value


def _bounded(yaml: Any, text: str) -> Any:
    depth = nodes = documents = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        line = event.start_mark.line + 2
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1 or event.explicit:
                raise Unreadable(line, "a second document in the front matter")
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise Unreadable(line, "anchors and aliases (& and *) are not used here: put the value in quotes")
        if getattr(event, "tag", None) is not None:
            raise Unreadable(line, "tags (!) are not used here: put the value in quotes")
        if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent):
            nodes += 1
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MOST_DEPTH or nodes > MOST_NODES:
            raise Unreadable(line, "the front matter is nested too deeply or too long")
        yield event


def _node(yaml: Any, events: list[Any]) -> Node:
    """The next value; events are in reverse, so that taking one is cheap."""
    event = events.pop()
    line = event.start_mark.line + 2
    if isinstance(event, yaml.ScalarEvent):
        nothing = event.style is None and event.value in ("", "~", "null")
        return Node(None if nothing else event.value, line)
    if isinstance(event, yaml.SequenceStartEvent):
        items: list[Node] = []
        while not isinstance(events[-1], yaml.SequenceEndEvent):
            items.append(_node(yaml, events))
        events.pop()
        return Node(items, line)
    fields: dict[str, Node] = {}
    while not isinstance(events[-1], yaml.MappingEndEvent):
        key = _node(yaml, events)
        if not isinstance(key.value, str):
            raise Unreadable(key.line, "a field whose name is not a word")
        if key.value in fields:
            raise Unreadable(key.line, f"{key.value[:40]!a} is given twice")
        value = _node(yaml, events)
        fields[key.value] = Node(value.value, key.line)
    events.pop()
    return Node(fields, line)
