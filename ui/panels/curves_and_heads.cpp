// SPDX-License-Identifier: Apache-2.0
// Shares the height under the common slider between curves and heads.
#include "ui/panels/curves_and_heads.h"

#include <QtGui/QPainter>

#include <algorithm>

namespace sinkscope::ui {

namespace {

constexpr int kMargin = 16;
constexpr int kAboveList = 9; ///< a line of 1 px and a gap
constexpr int kFewestLines = 2;
constexpr int kSomeLines = 3;
constexpr int kAllLines = 5; ///< ten heads: as many as stand before the second curve does
constexpr int kBelowPlot = 6; ///< px below the last plot, which the line above the heads replaces
constexpr int kUsualNames = 1; ///< rows of them, of the answers

} // namespace

CurvesAndHeadsLayout::CurvesAndHeadsLayout(const CurvesAndHeadsWish &wish)
{
    if (wish.lines <= 0) {
        curves = wish.room;
        return;
    }
    // As much of the list as leaves two curves; ten heads as long as one curve is left; two lines at least.
    const auto whole = [&](int px) { return px / wish.lineHeight * wish.lineHeight; }; // no line is cut
    const int room = wish.room - kAboveList;
    const int least = std::min(wish.lines, kFewestLines) * wish.lineHeight;
    const int usual = std::min(wish.lines, kAllLines) * wish.lineHeight;
    const int first = std::min(usual, whole(room - wish.oneCurve));
    list = std::clamp(std::max(first, room - wish.twoCurves), least, wish.lines * wish.lineHeight);
    curves = std::clamp(wish.room - kAboveList - list, 0, wish.allCurves);
}

CurvesAndHeads::CurvesAndHeads(Workbench &bench, QWidget *parent)
    : QWidget(parent)
    , m_curves(new CurveView(this))
    , m_heads(new HeadList(bench, HeadList::Content::SelectedLayer, this))
{
    m_curves->setObjectName(QStringLiteral("factorCurves"));
    m_heads->hide();
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    connect(m_heads, &HeadList::rowsChanged, this, &CurvesAndHeads::fit);
}

void CurvesAndHeads::setTheme(const Theme &theme)
{
    m_theme = theme;
    m_curves->setTheme(theme);
    m_heads->setTheme(theme);
    updateGeometry();
    fit();
}

void CurvesAndHeads::setDensity(Density density)
{
    m_heads->setDensity(density);
    updateGeometry();
    fit();
}

void CurvesAndHeads::setHeads(Heads heads)
{
    m_shown = heads;
    m_heads->setVisible(heads == Heads::Shown);
    fit();
}

void CurvesAndHeads::fit()
{
    CurvesAndHeadsWish wish;
    wish.room = height();
    wish.oneCurve = m_curves->heightOfFirst(1, Density::Compact) - kBelowPlot;
    wish.twoCurves = m_curves->heightOfFirst(2, Density::Compact) - kBelowPlot;
    wish.allCurves = std::max(wish.twoCurves, m_curves->heightOfAll(Density::Full));
    wish.lines = m_shown == Heads::Shown ? m_heads->lineCount() : 0;
    wish.lineHeight = m_heads->lineHeight();
    const CurvesAndHeadsLayout layout(wish);
    m_curves->setGeometry(0, 0, width(), layout.curves);
    m_heads->setGeometry(0, layout.curves + kAboveList, width(), layout.list);
    update();
}

int CurvesAndHeads::comfortableHeight(Comfort comfort) const
{
    const int lines = comfort == Comfort::SomeHeads ? kSomeLines : kAllLines;
    return curvesHeight({0, kUsualNames}, Density::Compact, m_theme.type().scale) - kBelowPlot + kAboveList
        + lines * m_heads->lineHeight();
}

QSize CurvesAndHeads::sizeHint() const
{
    return m_curves->sizeHint();
}

QSize CurvesAndHeads::minimumSizeHint() const
{
    const QSize curves = m_curves->minimumSizeHint();
    return {curves.width(), curves.height() + kAboveList + kFewestLines * m_heads->lineHeight()};
}

void CurvesAndHeads::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    fit();
}

void CurvesAndHeads::paintEvent(QPaintEvent *event)
{
    QWidget::paintEvent(event);
    if (m_shown == Heads::Hidden)
        return;
    QPainter painter(this);
    painter.fillRect(
        kMargin, m_curves->geometry().bottom() + 1, width() - 2 * kMargin, 1, m_theme.colours().line);
}

} // namespace sinkscope::ui
