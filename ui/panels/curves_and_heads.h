// SPDX-License-Identifier: Apache-2.0
// What stands under the common slider: the curves on its axis and, in the scope of a layer, its heads.
#pragma once

#include "ui/panels/head_list.h"
#include "ui/views/curve_view.h"

#include <QtWidgets/QWidget>

#include <optional>

namespace sinkscope::ui {

/// What shares the height.
struct CurvesAndHeadsWish {
    int room = 0; ///< px
    int oneCurve = 0; ///< px that the first curve needs
    int twoCurves = 0; ///< ... and the first two
    int allCurves = 0; ///< px with which all curves stand at their full height
    int lines = 0; ///< of the list of heads; 0: there is none
    int lineHeight = 0; ///< px
};

/// Heights in px. Curves stand above the list; what does not fit scrolls in its own part.
struct CurvesAndHeadsLayout {
    explicit CurvesAndHeadsLayout(const CurvesAndHeadsWish &wish);

    int curves = 0;
    int list = 0; ///< 0: there is none
};

/// Owner: the factor panel. Threads: GUI thread.
class CurvesAndHeads : public QWidget {
    Q_OBJECT

public:
    explicit CurvesAndHeads(Workbench &bench, QWidget *parent = nullptr);

    void setTheme(const Theme &theme);
    void setDensity(Density density);
    enum class Heads { Hidden, Shown };
    void setHeads(Heads heads);
    CurveView &curves() { return *m_curves; }
    /// Places both again after a change of the curves.
    void fit();

    /// With two curves and some heads, or as many as most layers have, in px.
    enum class Comfort { SomeHeads, AllHeads };
    int comfortableHeight(Comfort comfort) const;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override; ///< the same with and without heads

protected:
    void resizeEvent(QResizeEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    CurveView *m_curves;
    HeadList *m_heads;
    Theme m_theme;
    Heads m_shown = Heads::Hidden;
};

} // namespace sinkscope::ui
