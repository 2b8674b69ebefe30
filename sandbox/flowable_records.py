"""What Flowable's REST API shows of definitions, instances, tasks and variables, as its OpenAPI document lists them."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .flowable_engine import milliseconds

Row = Mapping[str, Any]


def rows(db: sqlite3.Connection, query: str, values: Iterable[Any] = ()) -> list[Row]:
    cursor = db.execute(query, tuple(values))
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


@dataclass(frozen=True, slots=True)
class Records:
    """Shapes answers to one request; `root` is the address the engine was asked at."""

    db: sqlite3.Connection
    root: str

    def definition(self, row: Row) -> dict[str, Any]:
        service = json.loads(row["service"])
        return {
            "id": row["id"],
            "url": f"{self.root}/repository/process-definitions/{row['id']}",
            "key": row["key"],
            "version": row["version"],
            "name": service["name"]["en"],
            "description": service["description"]["en"],
            "tenantId": "",
            "deploymentId": row["deployment"],
            "deploymentUrl": f"{self.root}/repository/deployments/{row['deployment']}",
            "resource": (f"{self.root}/repository/deployments/{row['deployment']}/resources/{row['key']}.bpmn20.xml"),
            "diagramResource": None,
            "category": service["type"],
            "graphicalNotationDefined": False,
            "suspended": False,
            "startFormDefined": False,
        }

    def deployment(self, row: Row) -> dict[str, Any]:
        return {
            "id": row["id"],
            "name": row["name"],
            "deploymentTime": row["time"],
            "category": row["category"],
            "parentDeploymentId": row["id"],
            "url": f"{self.root}/repository/deployments/{row['id']}",
            "tenantId": "",
        }

    def resource(self, deployment: str, name: str) -> dict[str, Any]:
        place = f"{self.root}/repository/deployments/{deployment}"
        process = name.endswith(".bpmn20.xml")
        return {
            "id": name,
            "url": f"{place}/resources/{name}",
            "contentUrl": f"{place}/resourcedata/{name}",
            "mediaType": "text/xml" if process else "application/json",
            "type": "processDefinition" if process else "resource",
        }

    def running(self, found: list[Row], with_variables: bool) -> list[dict[str, Any]]:
        variables = self._variables("instance", found, "local") if with_variables else {}
        return [
            {
                "id": row["id"],
                "url": f"{self.root}/runtime/process-instances/{row['id']}",
                "businessKey": row["business_key"],
                "suspended": False,
                "ended": row["end_time"] is not None,
                "processDefinitionId": row["definition"],
                "processDefinitionUrl": f"{self.root}/repository/process-definitions/{row['definition']}",
                "activityId": None,
                "variables": variables.get(row["id"], []),
                "tenantId": "",
                "completed": row["end_time"] is not None,
            }
            for row in found
        ]

    def history(self, found: list[Row], with_variables: bool) -> list[dict[str, Any]]:
        variables = self._variables("instance", found, "local") if with_variables else {}
        return [
            {
                "id": row["id"],
                "url": f"{self.root}/history/historic-process-instances/{row['id']}",
                "businessKey": row["business_key"],
                "processDefinitionId": row["definition"],
                "processDefinitionUrl": f"{self.root}/repository/process-definitions/{row['definition']}",
                "startTime": row["start_time"],
                "endTime": row["end_time"],
                "durationInMillis": milliseconds(row["start_time"], row["end_time"]),
                "startUserId": row["start_user"],
                "startActivityId": "start",
                "endActivityId": row["end_activity"],
                "deleteReason": row["delete_reason"],
                "superProcessInstanceId": None,
                "variables": variables.get(row["id"], []),
                "tenantId": "",
            }
            for row in found
        ]

    def tasks(self, found: list[Row], *, local: bool, process: bool) -> list[dict[str, Any]]:
        """Historic tasks; their variables are those of the task (local) and of the instance (global), as asked."""
        own = self._variables("task", found, "local") if local else {}
        shared = self._variables("instance", [{"id": row["instance"]} for row in found], "global") if process else {}
        return [
            {
                **self._task(row),
                "startTime": row["start_time"],
                "endTime": row["end_time"],
                "durationInMillis": milliseconds(row["start_time"], row["end_time"]),
                "workTimeInMillis": None,
                "claimTime": None,
                "deleteReason": row["delete_reason"],
                "url": f"{self.root}/history/historic-task-instances/{row['id']}",
                "variables": own.get(row["id"], []) + shared.get(row["instance"], []),
            }
            for row in found
        ]

    def waiting(self, found: list[Row], *, local: bool, process: bool) -> list[dict[str, Any]]:
        """Running tasks."""
        own = self._variables("task", found, "local") if local else {}
        shared = self._variables("instance", [{"id": row["instance"]} for row in found], "global") if process else {}
        return [
            {
                **self._task(row),
                "url": f"{self.root}/runtime/tasks/{row['id']}",
                "delegationState": None,
                "createTime": row["start_time"],
                "suspended": False,
                "parentTaskUrl": None,
                "executionUrl": f"{self.root}/runtime/executions/{row['instance']}",
                "processInstanceUrl": f"{self.root}/runtime/process-instances/{row['instance']}",
                "variables": own.get(row["id"], []) + shared.get(row["instance"], []),
            }
            for row in found
        ]

    def variable(self, row: Row, scope: str, place: str = "history") -> dict[str, Any]:
        """`place` is where the bytes of a binary variable can be had: history or runtime."""
        shown = {"name": row["name"], "type": row["type"], "value": json.loads(row["value"]), "scope": scope}
        if row["type"] == "binary":
            home = "history/historic" if place == "history" else "runtime/"
            kind, owner = ("task-instances", row["task"]) if row["task"] else ("process-instances", row["instance"])
            dash = "-" if place == "history" else ""
            shown["valueUrl"] = f"{self.root}/{home}{dash}{kind}/{owner}/variables/{row['name']}/data"
        return shown

    def historic_variable(self, row: Row) -> dict[str, Any]:
        return {
            "id": row["id"],
            "processInstanceId": row["instance"],
            "processInstanceUrl": f"{self.root}/history/historic-process-instances/{row['instance']}",
            "taskId": row["task"] or None,
            "variable": self.variable(row, "local" if row["task"] else "global"),
        }

    def _task(self, row: Row) -> dict[str, Any]:
        return {
            "id": row["id"],
            "processDefinitionId": row["definition"],
            "processDefinitionUrl": f"{self.root}/repository/process-definitions/{row['definition']}",
            "processInstanceId": row["instance"],
            "processInstanceUrl": f"{self.root}/history/historic-process-instances/{row['instance']}",
            "executionId": row["instance"],
            "name": row["name"],
            "description": None,
            "owner": None,
            "assignee": row["assignee"],
            "taskDefinitionKey": row["definition_key"],
            "formKey": None,
            "priority": 50,
            "dueDate": None,
            "parentTaskId": None,
            "tenantId": "",
            "category": row["category"],
        }

    def _variables(self, of: str, found: list[Row], scope: str) -> dict[str, list[dict[str, Any]]]:
        """Variables of many instances or tasks at once, by owner."""
        ids = json.dumps(sorted({row["id"] for row in found}))
        only = " and task = ''" if of == "instance" else ""
        # `of` is instance or task.
        query = f"select * from variable where {of} in (select value from json_each(?)){only} order by name"  # noqa: S608
        shown: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in rows(self.db, query, [ids]):
            shown[row[of]].append(self.variable(row, scope))
        return shown
