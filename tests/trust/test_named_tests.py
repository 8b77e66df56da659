"""README.md and SECURITY.md name tests for each promise: those tests are there, and hold what is said."""

import ast
import re
from pathlib import Path

import pytest

from tests.trust.promises import promises

ROOT = Path(__file__).parents[2]
PAPERS = ("README.md", "SECURITY.md")


def there() -> set[str]:
    """The names of all tests, and of the rules that hypothesis runs under a name."""
    found: set[str] = set()
    for path in (ROOT / "tests").rglob("test_*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef):
                found.add(node.name)
            elif isinstance(node, ast.Assign):
                found.update(each.id for each in node.targets if isinstance(each, ast.Name))
    return found


def named(paper: str) -> set[str]:
    return set(re.findall(r"`(test_\w+)`", (ROOT / paper).read_text(encoding="utf-8")))


@pytest.mark.parametrize("paper", PAPERS)
def test_every_test_that_is_named_is_there(paper):
    assert named(paper)
    assert named(paper) - there() == set()


def test_every_promise_is_in_the_table_and_on_the_page_with_a_test_that_needs_its_guard():
    page = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    assert [each.name for each in promises()] == [f"P{number}" for number in range(1, 13)]
    for promise in promises():
        (row,) = [line for line in page.splitlines() if line.startswith(f"| {promise.name} |")]
        held = {re.sub(r".*::(\w+).*", r"\1", mutant.test) for mutant in promise.mutants}
        assert held & set(re.findall(r"`(test_\w+)`", row)), promise.name


def test_every_promise_of_the_readme_names_a_test():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    section = text.partition("## What is promised about your photos")[2].partition("\n## ")[0]
    items = re.split(r"^\d+\. ", section, flags=re.MULTILINE)[1:]
    assert len(items) > 5
    assert all(re.search(r"`test_\w+`", item) for item in items)
