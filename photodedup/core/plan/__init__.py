"""What shall be moved, as data: each removal with the surviving photo that matches it directly.

In: the person's marks, or the proposals of the keeper rules. Out: a `Plan`, which can't be built in a way
that leaves a group without a photo, and which can be written to a file, read by a person and run later.
"""

from photodedup.core.plan.companions import check_companions, with_companions
from photodedup.core.plan.marks import plan_from_marks, plan_from_suggestions
from photodedup.core.plan.plan import Plan, without_conflicts
from photodedup.core.plan.written import check_destination, read_plan, write_plan

__all__ = [
    "Plan",
    "check_companions",
    "check_destination",
    "plan_from_marks",
    "plan_from_suggestions",
    "read_plan",
    "with_companions",
    "without_conflicts",
    "write_plan",
]
