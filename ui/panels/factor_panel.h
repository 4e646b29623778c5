// SPDX-License-Identifier: Apache-2.0
// How much, and what would another value give: scope, number, slider and the curves below it.
#pragma once

#include "ui/panels/panel.h"
#include "ui/state/workbench.h"
#include "ui/views/curve_view.h"
#include "ui/views/factor_field.h"
#include "ui/views/factor_slider.h"

class QPushButton;

namespace sinkscope::ui {

class HeadList;

/// Joins slider, field and curves to the factors of the scope. Owner: its dock. Threads: GUI thread.
class FactorPanel : public Panel {
    Q_OBJECT

public:
    explicit FactorPanel(Workbench &bench, QWidget *parent = nullptr);

    void setTheme(const Theme &theme) override;
    void setDensity(Density density);
    FactorSlider &slider() { return *m_slider; }
    QWidget *curvesView() const { return m_curves; }

public Q_SLOTS:
    void toggleMute(); ///< switches the selected head's edit off and on

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    QWidget *makeValueRow();
    void addQuickActions(QWidget *control);
    void connectControls();
    void connectState();
    void beginDrag();
    void endDrag();
    void turnTo(double gamma);
    void multiply(double ratio);
    void levelAll(double gamma);
    void refresh();
    void refreshScopes();
    void refreshCurves();
    void refreshFreshness();
    void fitList();
    void fitAxis();
    ScopeReading reading() const;
    QString subject() const;

    Workbench &m_bench;
    ScopeReading m_start; // the scope when the drag began
    double m_ratio = 1.0; // of the drag, where the scope is mixed
    PanelTitle *m_title;
    SegmentRow *m_scopes;
    QLabel *m_subject;
    FactorField *m_field;
    QLabel *m_lnFactor;
    QPushButton *m_setToOne;
    QPushButton *m_off;
    QLabel *m_note;
    FactorSlider *m_slider;
    HeadList *m_layerList;
    CurveView *m_curves;
    QWidget *m_filler; // below the list where the curves give way to it
    double m_textScale = 1.0;
    Density m_density = Density::Full;
};

} // namespace sinkscope::ui
