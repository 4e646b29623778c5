// SPDX-License-Identifier: Apache-2.0
// How much, and what would another value give: scope, number, slider and the curves below it.
#pragma once

#include "ui/panels/curves_and_heads.h"
#include "ui/panels/edit_target_box.h"
#include "ui/views/factor_field.h"
#include "ui/views/factor_slider.h"

class QPushButton;
class QToolButton;

namespace sinkscope::ui {

class CurveMenu;

/// What the slider's axis is called for `target`.
AxisScale scaleOf(const EditTarget &target);

/// Joins slider, field and curves to the factors of the scope, or to edits of another kind. Owner: its dock.
/// Threads: GUI thread.
class FactorPanel : public Panel {
    Q_OBJECT

public:
    explicit FactorPanel(Workbench &bench, QWidget *parent = nullptr);

    void setTheme(const Theme &theme) override;
    void setDensity(Density density);
    FactorSlider &slider() { return *m_slider; }
    QWidget *curvesView() const { return m_curves; }
    /// The least height with two curves, and with heads of a layer beside them, in px.
    int comfortableHeight(CurvesAndHeads::Comfort comfort) const;

public Q_SLOTS:

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
    void refreshNote(const ScopeReading &scope, EditSwitch edit);
    void apply(const std::vector<HeadFactor> &places);
    void ablate(const std::vector<HeadFactor> &places);
    void foldAdvanced(); ///< as its button says
    void nameFold(); ///< shorter where room lacks
    void refreshTarget();
    void refreshButtons();
    void showMixed(const ScopeReading &scope);
    QString targetNote() const;
    std::optional<UserMessage> targetRefusal() const;
    bool canBeTurned() const;
    QString valueRemark(double place) const;
    std::optional<EditSwitch> shownSwitch(
        double &place) const; ///< of the one chosen head's edit, if it has one
    ScopeReading reading() const;
    QString subject() const;

    Workbench &m_bench;
    ScopeReading m_start; // the scope when the drag began
    PanelTitle *m_title;
    CurveMenu *m_curveMenu;
    SegmentRow *m_scopes;
    QToolButton *m_advanced; // opens m_target
    EditTargetBox *m_target;
    QWidget *m_valueRow;
    QLabel *m_subject;
    FactorField *m_field;
    QLabel *m_lnFactor;
    QPushButton *m_setToOne;
    QPushButton *m_off;
    QLabel *m_note; ///< in the place of m_lnFactor
    FactorSlider *m_slider;
    QLabel *m_noCurve; // why there is none
    CurvesAndHeads *m_below;
    CurveView *m_curves; // part of m_below
    Density m_density = Density::Full;
    int m_foldWidth = 0; // px
};

} // namespace sinkscope::ui
