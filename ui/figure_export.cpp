// SPDX-License-Identifier: Apache-2.0
// Painting a panel into a file.
#include "ui/figure_export.h"

#include <QtCore/QBuffer>
#include <QtCore/QFileInfo>
#include <QtGui/QPainter>
#include <QtGui/QPdfWriter>
#include <QtSvg/QSvgGenerator>
#include <QtWidgets/QAbstractButton>
#include <QtWidgets/QAbstractItemView>
#include <QtWidgets/QAbstractScrollArea>
#include <QtWidgets/QApplication>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QScrollBar>

#include <algorithm>
#include <cmath>

namespace sinkscope::ui {

namespace {

constexpr int kMargin = 16; ///< px about figure and caption
constexpr int kGap = 8; ///< px between title and text of the caption
constexpr int kRounds = 8; ///< of growing: a taller view may need another width
constexpr int kCaptionFlags = Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap;
constexpr int kImageScale = 2;

/// Where the parts of a figure stand, in px.
struct FigureLayout {
    QSize panel;
    QRect title;
    QRect text;
    QSize whole;

    FigureLayout(const QWidget &widget, const FigureCaption &caption, const Theme &theme)
        : panel(widget.size())
    {
        const int width = panel.width();
        const auto heightOf = [width](const QFont &font, const QString &words) {
            return QFontMetrics(font)
                .boundingRect(QRect(0, 0, width, kGreatestFigurePx), kCaptionFlags, words)
                .height();
        };
        title = QRect(
            kMargin, kMargin + panel.height() + kMargin, width, heightOf(theme.type().title, caption.title));
        text = QRect(kMargin, title.bottom() + 1 + kGap, width, heightOf(theme.type().text, caption.text));
        whole = QSize(width + 2 * kMargin, text.bottom() + 1 + kMargin);
    }
};

void paintFigure(QPainter &painter, QWidget &panel, const FigureCaption &caption, const Theme &theme)
{
    const FigureLayout layout(panel, caption, theme);
    painter.fillRect(QRect(QPoint(0, 0), layout.whole), caption.ground);
    painter.save();
    panel.render(&painter, QPoint(kMargin, kMargin), QRegion(), QWidget::DrawChildren);
    painter.restore();
    painter.setPen(theme.colours().text);
    painter.setFont(theme.type().title);
    painter.drawText(layout.title, kCaptionFlags, caption.title);
    painter.setPen(theme.colours().secondaryText);
    painter.setFont(theme.type().text);
    painter.drawText(layout.text, kCaptionFlags, caption.text);
}

/// The length in px that `bar` scrolls through. Tables count in rows.
int hiddenLength(const QAbstractScrollArea &area, const QScrollBar &bar)
{
    const int length = bar.maximum() - bar.minimum();
    const auto *items = qobject_cast<const QAbstractItemView *>(&area);
    const bool isInRows = items && bar.orientation() == Qt::Vertical
        && items->verticalScrollMode() == QAbstractItemView::ScrollPerItem;
    return isInRows ? length * std::max(1, items->sizeHintForRow(0)) : length;
}

/// How much wider and higher everything that scrolls would have to be.
QSize lack(const QWidget &panel)
{
    QSize missing(0, 0);
    for (const QAbstractScrollArea *area : panel.findChildren<QAbstractScrollArea *>()) {
        if (area->isVisibleTo(&panel))
            missing += QSize(hiddenLength(*area, *area->horizontalScrollBar()),
                hiddenLength(*area, *area->verticalScrollBar()));
    }
    return missing;
}

void hideControls(QWidget &panel)
{
    for (PanelTitle *title : panel.findChildren<PanelTitle *>())
        title->hideControls();
    for (QAbstractButton *button : panel.findChildren<QAbstractButton *>())
        button->hide();
    for (QComboBox *box : panel.findChildren<QComboBox *>())
        box->hide();
}

QByteArray svgBytes(QWidget &panel, const FigureCaption &caption, const Theme &theme)
{
    const QSize whole = FigureLayout(panel, caption, theme).whole;
    QByteArray bytes;
    QBuffer buffer(&bytes);
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setResolution(panel.logicalDpiX());
    generator.setSize(whole);
    generator.setViewBox(QRect(QPoint(0, 0), whole));
    generator.setTitle(caption.title);
    generator.setDescription(caption.text);
    QPainter painter(&generator);
    paintFigure(painter, panel, caption, theme);
    painter.end();
    return bytes;
}

QByteArray pdfBytes(QWidget &panel, const FigureCaption &caption, const Theme &theme)
{
    const QSize whole = FigureLayout(panel, caption, theme).whole;
    const int dpi = panel.logicalDpiX();
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    QPdfWriter writer(&buffer);
    writer.setTitle(caption.title);
    writer.setCreator(QStringLiteral("Sinkscope"));
    writer.setPageSize(
        QPageSize(QSizeF(whole) * 72.0 / dpi, QPageSize::Point, QString(), QPageSize::ExactMatch));
    writer.setPageMargins(QMarginsF(0, 0, 0, 0));
    writer.setResolution(dpi);
    QPainter painter(&writer);
    painter.setRenderHint(QPainter::LosslessImageRendering); // JPEG would turn the colours of cells
    paintFigure(painter, panel, caption, theme);
    painter.end();
    return bytes;
}

} // namespace

std::optional<FigureForm> figureFormOf(const QString &path)
{
    const QString suffix = QFileInfo(path).suffix().toLower();
    if (suffix == QLatin1String("png"))
        return FigureForm::Png;
    if (suffix == QLatin1String("svg"))
        return FigureForm::Svg;
    if (suffix == QLatin1String("pdf"))
        return FigureForm::Pdf;
    return std::nullopt;
}

void prepareFigure(QWidget &panel, const QSize &size)
{
    hideControls(panel);
    panel.setAttribute(Qt::WA_DontShowOnScreen);
    panel.resize(size);
    panel.show();
    for (int round = 0; round < kRounds; ++round) {
        QApplication::sendPostedEvents(nullptr, QEvent::LayoutRequest);
        hideControls(panel); // some come back with a new size
        const QSize missing = lack(panel);
        if (missing.width() <= 0 && missing.height() <= 0)
            break;
        panel.resize((panel.size() + missing).boundedTo(QSize(kGreatestFigurePx, kGreatestFigurePx)));
    }
}

QImage figureImage(QWidget &panel, const FigureCaption &caption, const Theme &theme)
{
    QImage image(FigureLayout(panel, caption, theme).whole * kImageScale, QImage::Format_RGB32);
    image.setDevicePixelRatio(kImageScale);
    QPainter painter(&image);
    paintFigure(painter, panel, caption, theme);
    painter.end();
    return image;
}

QByteArray figureBytes(QWidget &panel, const FigureCaption &caption, const Theme &theme, FigureForm form)
{
    if (form == FigureForm::Svg)
        return svgBytes(panel, caption, theme);
    if (form == FigureForm::Pdf)
        return pdfBytes(panel, caption, theme);
    QByteArray bytes;
    QBuffer buffer(&bytes);
    QImage image = figureImage(panel, caption, theme);
    image.setText(QStringLiteral("Title"), caption.title);
    image.setText(QStringLiteral("Description"), caption.text);
    image.setDotsPerMeterX(kImageScale * image.dotsPerMeterX());
    image.setDotsPerMeterY(kImageScale * image.dotsPerMeterY());
    buffer.open(QIODevice::WriteOnly);
    image.save(&buffer, "PNG");
    return bytes;
}

} // namespace sinkscope::ui
