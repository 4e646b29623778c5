#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The include check refuses a small tree that breaks each of its rules and passes one that keeps them."""
import os
import subprocess
import sys
import tempfile

CHECK = os.path.join(os.path.dirname(os.path.abspath(__file__)), "includes.py")

GOOD = {
    "core/base/error.h": "#include <string>\n",
    "core/base/error.cpp": '#include "core/base/error.h"\n#include <fmt/format.h>\n',
    "core/weights/gguf_file.cpp": '#include "core/base/error.h"\n#include <nlohmann/json.hpp>\n',
    "core/engine/engine.h": '#include "core/base/error.h"\n',
    "core/engine/request.h": '#include "core/base/error.h"\n',
    "core/ops/softmax.h": "#include <Eigen/Core>\n",
    "ui/theme/palette.h": "#include <QColor>\n",
    "ui/bridge/engine_controller.cpp": '#include "core/engine/engine.h"\n',
    "ui/panels/head_panel.cpp": '#include "ui/theme/palette.h"\n#include "core/engine/request.h"\n#include "head_panel.moc"\n',
    "app/gui_main.cpp": '#include "ui/theme/palette.h"\n#include <QApplication>\n',
    "app/cli_main.cpp": '#include "core/base/error.h"\n',
}
# path -> (text, finding expected: line and a part of the rule)
BAD = {
    "core/base/up.h": ('#include <string>\n#include "core/engine/engine.h"\n', 2, "core/base (level 0) may not include core/engine"),
    "core/ops/sideways.cpp": ('#include "core/weights/gguf_file.h"\n', 1, "core/ops (level 2) may not include core/weights"),
    "core/analysis/shell.cpp": ('#include "ui/theme/palette.h"\n', 1, "nothing but the core"),
    "core/model/painted.cpp": ("#include <QString>\n", 1, "the core uses no Qt"),
    "core/model/old_qt.cpp": ("#include <QtCore/qstring.h>\n", 1, "the core uses no Qt"),
    "core/weights/json.h": ("#include <nlohmann/json.hpp>\n", 1, "JSON headers appear in .cpp files only"),
    "core/tensor/blas.h": ("\n#include <cblas.h>\n", 2, "BLAS headers"),
    "core/tokenizer/split.h": ("#include <pcre2.h>\n", 1, "PCRE2 headers"),
    "core/project/store.h": ("#include <sqlite3.h>\n", 1, "SQLite headers"),
    "core/base/short.cpp": ('#include "error.h"\n', 1, "full path from the root"),
    "core/extras/thing.h": ("\n", 1, "no folder of the core"),
    "ui/theme/upward.h": ('#include "ui/panels/head_panel.h"\n', 1, "ui/theme may not include ui/panels"),
    "ui/views/engine.cpp": ('#include "core/engine/request.h"\n', 1, "views know no model and no engine"),
    "ui/views/stateful.cpp": ('#include "ui/state/app_state.h"\n', 1, "ui/views may not include ui/state"),
    "ui/panels/direct.cpp": ('#include "core/engine/engine.h"\n', 1, "only ui/bridge knows the engine"),
    "ui/panels/window.cpp": ('#include "ui/main_window.h"\n', 1, "ui/panels may not include ui/main_window"),
    "ui/models/eigen.cpp": ('#include "core/ops/softmax.h"\n', 1, "brings Eigen in"),
    "app/cli_paint.cpp": ("#include <QImage>\n", 1, "only app/gui_* may use Qt"),
}


def run_check(tree):
    with tempfile.TemporaryDirectory() as root:
        for path, text in tree.items():
            os.makedirs(os.path.join(root, os.path.dirname(path)), exist_ok=True)
            with open(os.path.join(root, path), "w", encoding="utf-8") as file:
                file.write(text)
        return subprocess.run([sys.executable, CHECK, root], capture_output=True, text=True)


good = run_check(GOOD)
failures = [] if good.returncode == 0 else [f"a tree that keeps the rules is refused:\n{good.stdout}{good.stderr}"]
bad = run_check({**GOOD, **{path: text for path, (text, _, _) in BAD.items()}})
output = bad.stdout.splitlines()
if bad.returncode != 1:
    failures.append(f"a tree that breaks the rules ends with {bad.returncode}\n{bad.stderr}")
for path, (_, line, rule) in BAD.items():
    if not any(text.startswith(f"{path}:{line}: ") and rule in text for text in output):
        failures.append(f"{path}:{line}: not refused with '{rule}'")
if len(output) != len(BAD):
    failures.append(f"{len(BAD)} findings expected, these were printed:\n{bad.stdout}")
print("\n".join(failures) or f"{len(BAD)} broken rules refused")
sys.exit(1 if failures else 0)
