// SPDX-License-Identifier: Apache-2.0
// Implements the keys that turn a factor.
#include "ui/views/factor_keys.h"

namespace sinkscope::ui {

std::optional<double> factorAfterKey(const QKeyEvent &event, double factor)
{
    const Qt::KeyboardModifiers modifiers = event.modifiers() & ~Qt::KeypadModifier;
    if (modifiers & ~Qt::ShiftModifier) {
        return std::nullopt;
    }
    const StepSize size = modifiers & Qt::ShiftModifier ? StepSize::Fine : StepSize::Normal;
    switch (event.key()) {
    case Qt::Key_BracketLeft:
    case Qt::Key_BraceLeft: // Shift and "[" on many keyboards
    case Qt::Key_Left:
        return steppedFactor(factor, -1, size);
    case Qt::Key_BracketRight:
    case Qt::Key_BraceRight:
    case Qt::Key_Right:
        return steppedFactor(factor, 1, size);
    case Qt::Key_0:
        return 1.0;
    case Qt::Key_O:
        return kFactorOff;
    default:
        return std::nullopt;
    }
}

std::optional<double> factorAfterPageKey(const QKeyEvent &event, double factor)
{
    if (event.modifiers() & ~Qt::KeypadModifier) {
        return std::nullopt;
    }
    switch (event.key()) {
    case Qt::Key_PageUp:
        return steppedFactor(factor, 1, StepSize::Coarse);
    case Qt::Key_PageDown:
        return steppedFactor(factor, -1, StepSize::Coarse);
    case Qt::Key_Home:
        return kFactorOff;
    case Qt::Key_End:
        return kHighestFactor;
    default:
        return std::nullopt;
    }
}

} // namespace sinkscope::ui
