// SPDX-License-Identifier: Apache-2.0
// The keys that turn a factor, the same in the slider, in its curves and in the list of edits; and those of
// the slider.
#pragma once

#include "ui/views/factor_axis.h"

#include <QKeyEvent>

#include <optional>

namespace sinkscope::ui {

/// The factor after this key: "[" and Left, "]" and Right step (Shift: fine), "0" gives 1, "O" off.
/// Nothing for any other key.
std::optional<double> factorAfterKey(const QKeyEvent &event, double factor);

/// The factor after a key that moves through lists elsewhere: PgUp and PgDn step coarsely, Home gives off,
/// End the greatest factor. Nothing for any other key.
std::optional<double> factorAfterPageKey(const QKeyEvent &event, double factor);

} // namespace sinkscope::ui
