import pandas as pd
import pytest

from cluetrain_nlp import schema
from cluetrain_nlp.errors import PostError

ALL = {"POSTS": schema.POSTS, "PASSAGES": schema.PASSAGES, "SCORES": schema.SCORES}


@pytest.mark.parametrize("name", ALL)
def test_empty_has_the_columns_in_order_with_their_dtypes(name):
    frame = schema.empty(ALL[name])
    assert len(frame) == 0
    assert {column: str(dtype) for column, dtype in frame.dtypes.items()} == ALL[name]
    assert list(frame.columns) == list(ALL[name])


def test_the_columns_of_scores_are_the_contract():
    assert " ".join(schema.SCORES) == (
        "post_id passage start end role speaker language cites text broadcast rank thesis tracks opposes score error"
    )
    assert set(schema.PASSAGES) < set(schema.SCORES)


def test_conform_orders_casts_drops_and_renumbers():
    frame = pd.DataFrame({"extra": [0, 0], "b": [1.5, 2.5], "a": [7, 8]}, index=[5, 3])
    frame.attrs["note"] = 1
    conformed = schema.conform(frame, {"a": "int16", "b": "float32"})
    expected = pd.DataFrame({"a": [7, 8], "b": [1.5, 2.5]}).astype({"a": "int16", "b": "float32"})
    pd.testing.assert_frame_equal(conformed, expected, check_exact=True)
    assert list(frame.columns) == ["extra", "b", "a"]


def test_conform_leaves_a_conforming_frame_as_it_is():
    frame = schema.empty(schema.SCORES)
    pd.testing.assert_frame_equal(schema.conform(frame, schema.SCORES), frame)


@pytest.mark.parametrize(("columns", "message"), [(["a"], "lacks the column.* b, c; it has a"), ([], "it has none")])
def test_conform_tells_what_is_missing(columns, message):
    with pytest.raises(PostError, match=message):
        schema.conform(pd.DataFrame({name: [1] for name in columns}), {"a": "int16", "b": "int16", "c": "str"})


def test_spark_schema_names_every_column():
    assert schema.ddl(schema.SCORES) == (
        "post_id string, passage int, start int, end int, role string, speaker string, language string, cites string, "
        "text string, broadcast float, rank smallint, thesis smallint, tracks float, opposes float, score float, "
        "error string"
    )
    assert schema.ddl(schema.POSTS).endswith("source string, error string")
