// SPDX-License-Identifier: Apache-2.0
// The menu that says which curves stand under the slider.
#pragma once

#include "ui/state/curve_kinds.h"
#include "ui/state/settings.h"

#include <QtWidgets/QToolButton>

namespace sinkscope::ui {

/// What a curve is called where it is chosen.
QString curveKindName(CurveKind kind);

/// A choice of any of the curves, one at least, kept in the settings. Owner: its parent. Threads: GUI thread.
class CurveMenu : public QToolButton {
    Q_OBJECT

public:
    explicit CurveMenu(Settings &settings, QWidget *parent = nullptr);

    const std::vector<CurveKind> &kinds() const { return m_kinds; }

Q_SIGNALS:
    void kindsChanged();

private:
    void turn(CurveKind kind); ///< shows it, or no longer
    void refresh();

    Settings &m_settings;
    std::vector<CurveKind> m_kinds;
};

} // namespace sinkscope::ui
