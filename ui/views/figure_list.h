// SPDX-License-Identifier: Apache-2.0
// Single figures with their change: output entropy, margin, label mass, KL.
#pragma once

#include "ui/theme/theme.h"
#include "ui/views/fitted_text.h"
#include "ui/views/stale_delay.h"

#include <QWidget>

#include <optional>
#include <vector>

namespace sinkscope::ui {

/// One figure.
struct Figure {
    QString label; ///< "Margin, positive over negative, nats"
    FittedText shorter; ///< where the label does not fit: "Margin, %1 / %2"; empty: the label is cut
    std::optional<double> value; ///< absent: a dash
    std::optional<double> change; ///< absent: nothing is written
    int decimals = 3;
    QString toolTip; ///< what the figure means; the value with more digits is added
};

/// Paints one line a figure, aligned with the answer bars above it. Takes the whole width of its dock.
/// Owner: its parent. Threads: GUI thread.
class FigureList : public QWidget {
    Q_OBJECT
public:
    explicit FigureList(QWidget *parent = nullptr);

    void setTheme(const Theme &theme);
    void setFigures(const std::vector<Figure> &figures);
    const std::vector<Figure> &figures() const { return m_figures; }
    /// Older than the slider: dims after 100 ms.
    void setFreshness(Freshness freshness) { m_stale.setFreshness(freshness); }

    QString valueText(int row) const; ///< as painted
    QString changeText(int row) const;
    QString labelText(int row) const; ///< as painted
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    bool event(QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    int rowHeight() const;
    double labelRight() const; ///< px

    Theme m_theme;
    std::vector<Figure> m_figures;
    StaleDelay m_stale;
};

} // namespace sinkscope::ui
