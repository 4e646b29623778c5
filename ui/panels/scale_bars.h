// SPDX-License-Identifier: Apache-2.0
// Colour bars side by side: what the colours of several pictures mean.
#pragma once

#include "ui/views/colour_bar.h"

#include <QtWidgets/QWidget>

#include <vector>

namespace sinkscope::ui {

/// Paints the bars at its right end, none narrower than its title, wider where there is room. Owner: its
/// parent. Threads: GUI thread. Validity: the maps of the bars are copied.
class ScaleBars : public QWidget {
    Q_OBJECT

public:
    explicit ScaleBars(QWidget *parent = nullptr);

    void setTheme(const Theme &theme);
    void setBars(const std::vector<ColourBar> &bars);
    const std::vector<ColourBar> &bars() const { return m_bars; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    int titleWidth(const ColourBar &bar) const;
    QSize sizeWith(int leastBar) const;

    Theme m_theme;
    std::vector<ColourBar> m_bars; ///< their maps are those of m_maps
    std::vector<ColourMap> m_maps;
};

} // namespace sinkscope::ui
