// SPDX-License-Identifier: Apache-2.0
// What a step is called in the history: which heads were turned, from where to where.
#pragma once

#include "ui/state/edit_list.h"

#include <QtCore/QString>

namespace sinkscope::ui {

/// The name of the step from `before` to `after` in which `target` ("L17 H2", "12 heads") was turned:
/// "L17 H2 1 → 3"; "12 heads → 2" where they began differently, "12 heads × 2" where all were multiplied.
QString turnName(const EditList &before, const EditList &after, const QString &target);

/// A factor in a name: at most three digits, "off" for 0.
QString factorWord(double gamma);

} // namespace sinkscope::ui
