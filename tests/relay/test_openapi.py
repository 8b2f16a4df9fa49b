"""What the relay answers is what its OpenAPI document says, for requests that keep to it and for those that do not."""

from fuzz.asking import guarded, try_all


def test_every_answer_is_as_the_document_says_and_what_is_refused_is_not_stored(tmp_path):
    """Hundreds of requests made from the document, each part broken now and then; `make fuzz` makes more."""
    with guarded(tmp_path) as verdicts:
        try_all(verdicts, 400, seed=1)
        assert verdicts.stored
        assert verdicts.codes >= {"method", "not-found", "pass", "shard", "size"}
