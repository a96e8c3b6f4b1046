"""Samples out to other tools and back, in the formats that these tools import and export."""

import json
from xml.etree import ElementTree

import pandas as pd
import pytest

from cluetrain_nlp import schema
from cluetrain_nlp.errors import CluetrainError
from cluetrain_nlp.study.coding import sample_for_coding
from cluetrain_nlp.study.exchange import TOOLS, read_export, write_tasks

ROW = dict.fromkeys(schema.SCORES, 0) | {"role": "body", "error": "", "thesis": 3}
TEXTS = ["Wir hören zu & lernen.", "=1+1 <b>fett</b>", "Zeile\r\nZeile", "„Ja“ 🙂", "Ende."]


@pytest.fixture
def sample():
    scores = pd.DataFrame([ROW | {"post_id": f"firma/{n}", "text": text} for n, text in enumerate(TEXTS)])
    return sample_for_coding(scores, len(TEXTS), theses=[3])


@pytest.fixture(params=TOOLS)
def tool(request):
    return request.param


def tasks_of(folder, tool):
    content = (folder / ("tasks.json" if tool == "label-studio" else "tasks.jsonl")).read_text(encoding="utf-8")
    if tool == "label-studio":
        return [task["data"] for task in json.loads(content)]
    return [json.loads(line) for line in content.splitlines()]


def export(folder, tool, answers, coder="ina"):
    """Write what the tool would export: for each task the labels that a coder gave it, None for a skipped one."""
    tasks = tasks_of(folder, tool)[: len(answers)]
    path = folder / f"{coder}.jsonl"
    if tool == "label-studio":
        entries = [
            {
                "id": 7 + place,
                "data": task,
                "predictions": [],
                "annotations": [
                    {
                        "id": 70 + place,
                        "completed_by": {"id": 4, "email": coder},
                        "was_cancelled": labels is None,
                        "result": [
                            {
                                "id": "x",
                                "from_name": label.partition("=")[0],
                                "to_name": "text",
                                "type": "choices",
                                "value": {"choices": [label.partition("=")[2]]},
                            }
                            for label in (["voice=4"] if labels is None else labels)
                        ],
                    }
                ],
            }
            for place, (task, labels) in enumerate(zip(tasks, answers, strict=True))
        ]
        path.write_text(json.dumps(entries), encoding="utf-8")
        return path
    lines = []
    for place, (task, labels) in enumerate(zip(tasks, answers, strict=True)):
        if tool == "doccano":
            lines.append({"id": place, **task, "label": labels or [], "Comments": []})
        else:
            # A skipped task may keep what was clicked before.
            skipped = {"answer": "ignore", "accept": ["voice=4"]}
            answer = skipped if labels is None else {"answer": "accept", "accept": labels}
            lines.append(task | answer | {"_session_id": f"daten-{coder}", "_annotator_id": coder, "_input_hash": 1})
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


ANSWERS = [
    ["voice=2.5", "grade_3=3", "stance_3=supports"],
    ["voice=0", "grade_3=0"],
    None,
    ["grade_3=2", "stance_3=opposes"],
    ["voice=4"],
]


def test_there_and_back(sample, tool, tmp_path):
    paths = write_tasks(sample, tmp_path, tool=tool)
    assert all(path.exists() for path in paths)
    tasks = tasks_of(tmp_path, tool)
    assert sorted(task["text"] for task in tasks) == sorted(text.replace("\r\n", "\n") for text in TEXTS)
    assert not any("firma" in json.dumps(task) for task in tasks)
    both = [export(tmp_path, tool, ANSWERS), export(tmp_path, tool, ANSWERS[:2], coder="jan")]
    coded = read_export(both, tmp_path / "key.csv", tool=tool)
    assert {name: str(kind) for name, kind in coded.dtypes.items()} == schema.CODED
    assert len(coded) == 2 * len(TEXTS)
    assert coded.attrs["not_coded"] == {"ina": 1, "jan": 3}
    assert coded.attrs["design"] == sample.attrs["design"]
    post = sample.set_index("item")["post_id"][tasks[0]["item"]]
    assert coded.loc[coded["post_id"] == post, ["coder", "grade", "stance", "voice"]].to_numpy().tolist() == [
        ["ina", 3, "supports", 2.5],
        ["jan", 3, "supports", 2.5],
    ]
    assert coded.loc[coded["coder"] == "jan", "grade"].isna().sum() == 3


def test_the_labels_of_each_tool_are_those_that_come_back(sample, tmp_path):
    expected = {f"voice={step / 2:g}" for step in range(9)} | {f"grade_3={grade}" for grade in range(4)}
    expected |= {f"stance_3={stance}" for stance in ("supports", "opposes", "reports")}
    for tool in TOOLS:
        write_tasks(sample, tmp_path / tool, tool=tool)
    labels = json.loads((tmp_path / "doccano/labels.json").read_text())
    assert {label["text"] for label in labels} == expected
    assert all(len(label["background_color"]) == 7 for label in labels)
    options = tasks_of(tmp_path / "prodigy", "prodigy")[0]["options"]
    assert {option["id"] for option in options} == expected
    root = ElementTree.fromstring((tmp_path / "label-studio/config.xml").read_text(encoding="utf-8"))  # noqa: S314
    assert root.find("Text").get("value") == "$text"
    choices = {f"{group.get('name')}={choice.get('value')}" for group in root.iter("Choices") for choice in group}
    assert choices == expected
    assert {group.get("toName") for group in root.iter("Choices")} == {"text"}
    assert any("(3: " in header.get("value") for header in root.iter("Header"))


def test_changed_texts_and_wrong_codes_are_refused(sample, tool, tmp_path):
    write_tasks(sample, tmp_path, tool=tool)
    (tasks,) = tmp_path.glob("tasks.*")
    tasks.write_text(tasks.read_text(encoding="utf-8").replace("Wir h", "Sie h"), encoding="utf-8")
    path = export(tmp_path, tool, [["voice=7"], ["grade_3=2"], [], [], []])
    with pytest.raises(CluetrainError) as caught:
        read_export(path, tmp_path / "key.csv", tool=tool)
    assert str(caught.value).startswith("3 problem(s)")
    assert "column voice: '7'" in str(caught.value)
    assert "column stance_3: nothing, but the grade is 2" in str(caught.value)
    item = next(task["item"] for task in tasks_of(tmp_path, tool) if task["text"].startswith("Sie h"))
    assert f"the text of item {item} was changed" in str(caught.value)


@pytest.mark.parametrize("tool", ["doccano", "prodigy"])
def test_two_values_of_one_code_are_refused(sample, tool, tmp_path):
    write_tasks(sample, tmp_path, tool=tool)
    path = export(tmp_path, tool, [["voice=1", "voice=2"]])
    with pytest.raises(CluetrainError, match=r"ina\.jsonl, line 1: voice is both 1 and 2"):
        read_export(path, tmp_path / "key.csv", tool=tool)


@pytest.mark.parametrize("content", ["", "{}", "kein JSON", '[{"data": {}}]', "[1]", '{"text": "a", "label": []}'])
def test_files_at_fault_are_told(sample, tool, tmp_path, content):
    write_tasks(sample, tmp_path, tool=tool)
    (tmp_path / "x.jsonl").write_text(content)
    with pytest.raises(CluetrainError, match=r"is no export of|no answer by any coder"):
        read_export(tmp_path / "x.jsonl", tmp_path / "key.csv", tool=tool)


def test_options_at_fault_are_told(sample, tool, tmp_path):
    with pytest.raises(CluetrainError, match="tool is 'excel'"):
        write_tasks(sample, tmp_path, tool="excel")
    with pytest.raises(CluetrainError, match="no rows"):
        write_tasks(sample.iloc[:0], tmp_path, tool=tool)
    write_tasks(sample, tmp_path, tool=tool)
    with pytest.raises(CluetrainError, match="exists"):
        write_tasks(sample, tmp_path, tool=tool)
    with pytest.raises(CluetrainError, match="cannot be read"):
        read_export(tmp_path / "nichts", tmp_path / "key.csv", tool=tool)


@pytest.mark.parametrize("label", ["Voice=2.5", "grade_9=2", "grade_9=0"])
def test_labels_that_were_not_asked_for_are_told(sample, tool, tmp_path, label):
    write_tasks(sample, tmp_path, tool=tool)
    path = export(tmp_path, tool, [["voice=2"], [label]])
    name = label.partition("=")[0]
    with pytest.raises(CluetrainError, match=f"'{name}' was not asked for; expected voice, grade_3, stance_3"):
        read_export(path, tmp_path / "key.csv", tool=tool)


def test_notes_and_labels_of_their_own_are_passed_over(sample, tmp_path):
    write_tasks(sample, tmp_path / "a", tool="doccano")
    path = export(tmp_path / "a", "doccano", [["voice=2", "unklar"]])
    assert read_export(path, tmp_path / "a/key.csv", tool="doccano")["voice"].sum() == 2
    write_tasks(sample, tmp_path / "b", tool="label-studio")
    path = export(tmp_path / "b", "label-studio", [["voice=2"]])
    tasks = json.loads(path.read_text(encoding="utf-8"))
    note = {"from_name": "note", "to_name": "text", "type": "textarea", "value": {"text": ["Hm."]}}
    tasks[0]["annotations"][0]["result"].append(note)
    path.write_text(json.dumps(tasks), encoding="utf-8")
    assert read_export(path, tmp_path / "b/key.csv", tool="label-studio")["voice"].sum() == 2
