#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Who may include whom: the levels of the architecture page. Usage: includes.py ROOT

A folder of the core includes only folders of a smaller level; inside ui the order is theme; bridge -> state ->
models, views -> panels, dialogs -> perspectives -> main window; only ui/bridge knows the engine.
"""
import os
import re
import sys

from source_tree import cpp_files, lines_of, report

CORE_LEVEL = dict(base=0, tensor=1, ops=2, weights=2, intervention=2, tokenizer=3, model=4, analysis=5, tasks=6,
                  search=7, project=8, engine=9)
TOP = "main_window"  # the files that lie in ui/ itself
UI_MAY_USE = {
    "theme": set(),
    "bridge": set(),
    "state": {"bridge"},
    "models": {"theme", "bridge", "state"},
    "views": {"theme"},
    "dialogs": {"theme", "bridge", "state", "models", "views"},
    "panels": {"theme", "bridge", "state", "models", "views", "dialogs"},
    "perspectives": {"theme", "bridge", "state", "models", "views", "dialogs", "panels"},
    TOP: {"theme", "bridge", "state", "models", "views", "dialogs", "panels", "perspectives"},
}
# The seam for file and message boxes lies in ui/ itself and serves everything that opens a box.
UI_SEAM = "ui/file_prompts.h"
UI_SEAM_USERS = {"dialogs", "panels", "perspectives", TOP}
ENGINE_VALUE_HEADERS = {"core/engine/request.h", "core/engine/engine_backend.h"}
# Headers that stay in .cpp files, so that no one else's file pays for them.
CPP_ONLY = [(re.compile(pattern), name) for pattern, name in (
    (r"nlohmann/", "JSON"), (r"(cblas|lapacke|openblas)", "BLAS"), (r"pcre2", "PCRE2"), (r"(sqlite3|SQLiteCpp)", "SQLite"))]
QT = re.compile(r"(Q[A-Z]\w*|Qt\w*/.*|q\w+\.h)$")
INCLUDE = re.compile(r'\s*#\s*include\s*([<"])([^>"]+)[>"]')


def includes_of(root, path):
    """(line number, '<' or '"', included path) of each include line."""
    found = []
    for number, line in enumerate(lines_of(root, path), 1):
        match = INCLUDE.match(line)
        if match:
            found.append((number, match.group(1), match.group(2)))
    return found


def ui_part(path):
    parts = path.split("/")
    return parts[1] if len(parts) > 2 else TOP


def core_rule(path, mark, target):
    """The rule that an include of a core file breaks, or None."""
    if QT.match(target):
        return "the core uses no Qt"
    if mark != '"':
        return None
    top, *rest = target.split("/")
    if top != "core":
        return "the core includes nothing but the core"
    mine, other = path.split("/")[1], rest[0]
    if other not in CORE_LEVEL:
        return f"core/{other} has no level on the architecture page"
    if other != mine and CORE_LEVEL[other] >= CORE_LEVEL[mine]:
        return f"core/{mine} (level {CORE_LEVEL[mine]}) may not include core/{other} (level {CORE_LEVEL[other]})"
    return None


def ui_rule(path, target):
    """The rule that a quoted include of a ui file breaks, or None."""
    mine = ui_part(path)
    if target.startswith(("app/", "tests/")):
        return "ui may not include app or tests"
    if target.startswith("core/"):
        if mine == "views" and target.startswith(("core/engine/", "core/model/", "core/weights/")):
            return "views know no model and no engine"
        if target.startswith("core/engine/") and mine != "bridge" and target not in ENGINE_VALUE_HEADERS:
            return "only ui/bridge knows the engine"
        return None
    if not target.startswith("ui/"):
        return None
    if target == UI_SEAM and mine in UI_SEAM_USERS:
        return None
    other = ui_part(target)
    if other == mine:
        return None
    if mine not in UI_MAY_USE or other not in UI_MAY_USE:
        return f"ui/{mine if mine not in UI_MAY_USE else other} has no place on the architecture page"
    return None if other in UI_MAY_USE[mine] else f"ui/{mine} may not include ui/{other}"


def app_rule(path, mark, target):
    """The command line links the core alone, so only the gui_* files of app may use Qt and ui."""
    if os.path.basename(path).startswith("gui_"):
        return None
    if QT.match(target) or (mark == '"' and target.startswith("ui/")):
        return "only app/gui_* may use Qt and ui"
    return None


def rule_broken(path, mark, target):
    top = path.split("/")[0]
    generated = target.endswith(".moc") or os.path.basename(target).startswith("moc_")
    if mark == '"' and not generated and not target.startswith(("core/", "ui/", "app/", "tests/")):
        return "own files are included in quotes by their full path from the root, others in angle brackets"
    if path.endswith(".h") and top in ("core", "ui", "app"):
        for pattern, name in CPP_ONLY:
            if pattern.match(target):
                return f"{name} headers appear in .cpp files only"
    if top == "core":
        return core_rule(path, mark, target)
    if top == "ui":
        return ui_rule(path, target) if mark == '"' else None
    if top == "app":
        return app_rule(path, mark, target)
    return None


def eigen_findings(root, paths, includes):
    """Core headers that ui includes, directly or through others, are free of Eigen."""
    known = set(paths)
    findings = []
    for path in paths:
        if not path.startswith("ui/"):
            continue
        for number, mark, target in includes[path]:
            seen, waiting = set(), [target] if target.startswith("core/") else []
            while waiting:
                header = waiting.pop()
                if header in seen or header not in known:
                    continue
                seen.add(header)
                for _, _, inner in includes[header]:
                    if inner.startswith("Eigen/"):
                        findings.append(f"{path}:{number}: includes {target}, which brings Eigen in through {header}")
                    elif inner.startswith("core/"):
                        waiting.append(inner)
    return findings


def main(root):
    paths = cpp_files(root)
    includes = {path: includes_of(root, path) for path in paths}
    findings = []
    for path in paths:
        parts = path.split("/")
        if parts[0] == "core" and (len(parts) < 3 or parts[1] not in CORE_LEVEL):
            findings.append(f"{path}:1: lies in no folder of the core that the architecture page names")
            continue
        for number, mark, target in includes[path]:
            rule = rule_broken(path, mark, target)
            if rule:
                findings.append(f"{path}:{number}: {rule} ({target})")
    report(findings + eigen_findings(root, paths, includes), f"{len(paths)} files")


main(sys.argv[1])
