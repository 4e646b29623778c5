// SPDX-License-Identifier: Apache-2.0
// The curves under the slider: what another factor would give.
#pragma once

#include "ui/theme/theme.h"
#include "ui/views/curve_data.h"
#include "ui/views/curve_layout.h"
#include "ui/views/stale_delay.h"

#include <QGraphicsView>

#include <memory>
#include <vector>

class QHelpEvent;

namespace sinkscope::ui {

class CurveScene;
struct CurvePicture;
struct CurveLabel;

/// Curves on the slider's x axis (Qt Charts) with one accent line from the handle through all of them;
/// dragging the line is dragging the handle. Owner: its parent. Threads: GUI thread.
class CurveView : public QGraphicsView {
    Q_OBJECT
public:
    explicit CurveView(QWidget *parent = nullptr);
    ~CurveView() override;

    void setTheme(const Theme &theme);
    /// Panels from top to bottom, the most important first: where they do not fit the view scrolls.
    /// A new subject (other head or scope) may shrink the value axes; the same one keeps them while a drag
    /// lasts.
    void setSeries(const std::vector<CurveSeries> &series);
    /// "computing 12 of 42" after the first title; empty: all points are there.
    void setProgress(const QString &progress);
    const QString &progress() const;
    /// The factor of the handle (0 = off).
    void setFactor(double factor);
    /// Mixed range: no rings on the curves, the line stands at the mean.
    void setMixed(double mean);
    /// Between these the value axes may grow, never shrink (the slider's dragStarted and dragFinished).
    void beginDrag();
    void endDrag();
    /// Older than the slider: curves dim after 100 ms.
    void setFreshness(Freshness freshness) { m_stale.setFreshness(freshness); }

    double factor() const;
    int panelCount() const;
    int panelsInSight() const; ///< those that stand wholly in the viewport
    CurveRange range(int panel) const; ///< value axis of a panel
    const CurveLayout &layoutForTest() const;
    double lineX() const; ///< of the accent line, px of the view
    /// Height at which all panels stand without scrolling, in px.
    int heightOfAll(Density density) const;
    int heightOfFirst(int panels, Density density) const; ///< the same of the first so many
    QString panelInWords(int panel) const; ///< title, value at the factor, extremes
    /// What is written in a panel, and where, px of the view.
    std::vector<CurveLabel> wordsForTest(int panel) const;

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void dragStarted();
    void valueChanged(double gamma); ///< connect the three to FactorSlider's external drag
    void dragFinished();

protected:
    bool viewportEvent(QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void keyReleaseEvent(QKeyEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void drawForeground(QPainter *painter, const QRectF &rect) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void relayout();
    std::vector<int> legendRows() const; ///< [series]
    /// `isKept` [series]: those that may only grow.
    void updateRanges(const std::vector<char> &isKept);
    void startAct();
    void finishAct();
    void moveTo(double factor);
    void describe();
    void showToolTip(const QHelpEvent &help);
    bool isInPlots(const QPointF &position) const; ///< px of the viewport

    std::unique_ptr<CurvePicture> m_picture; ///< what the scene shows
    std::unique_ptr<CurveScene> m_scene;
    StaleDelay m_stale;
    bool m_held = false; ///< a drag lasts: axes may only grow
    bool m_dragging = false; ///< an act (mouse or key) that began here lasts
    bool m_keyTurns = false; ///< the act is a key held down
    bool m_ringShown = false; ///< the focus came by keyboard
};

} // namespace sinkscope::ui
