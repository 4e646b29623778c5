// SPDX-License-Identifier: Apache-2.0
// Parts that several panels share: titles, joined buttons, icons.
#include "ui/panels/panel.h"

#include "ui/theme/proxy_style.h"
#include "ui/theme/tool_tip.h"

#include <QtCore/QEvent>
#include <QtCore/QFile>
#include <QtCore/QLocale>
#include <QtGui/QIcon>
#include <QtGui/QPainter>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QToolButton>

#include <algorithm>

namespace sinkscope::ui {

namespace {
constexpr int kTitleHeight = 32;
constexpr int kFewestLetters = 10; ///< of a remark that is cut: fewer say nothing
constexpr int kMargin = 16;
} // namespace

void nameControl(
    QWidget *control, const char *objectName, const QString &accessibleName, const QString &toolTip)
{
    control->setObjectName(QLatin1String(objectName));
    control->setAccessibleName(accessibleName);
    control->setToolTip(inShortLines(toolTip));
}

namespace {

class WheelLeaver : public QObject {
public:
    using QObject::QObject;
    bool eventFilter(QObject *, QEvent *event) override
    {
        if (event->type() != QEvent::Wheel)
            return false;
        event->ignore();
        return true;
    }
};

} // namespace

void leaveWheel(QComboBox *box)
{
    box->installEventFilter(new WheelLeaver(box));
    box->setFocusPolicy(Qt::TabFocus); // after a click the keys go on acting on the views
}

QSize ShrinkingBox::minimumSizeHint() const
{
    constexpr int kLetters = 6;
    constexpr int kMarginsAndArrow = 32;
    const int text = kLetters * fontMetrics().averageCharWidth();
    return {std::min(text + kMarginsAndArrow, sizeHint().width()), QComboBox::minimumSizeHint().height()};
}

ElidedLabel::ElidedLabel(QWidget *parent)
    : QLabel(parent)
{
    setTextFormat(Qt::PlainText);
    setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
}

void ElidedLabel::setWholeText(const QString &text)
{
    m_whole = text;
    setToolTip(inShortLines(text));
    setAccessibleName(text);
    elide();
}

void ElidedLabel::elide()
{
    const QMargins margins = contentsMargins();
    setText(fontMetrics().elidedText(m_whole, Qt::ElideRight, width() - margins.left() - margins.right()));
}

void ElidedLabel::resizeEvent(QResizeEvent *event)
{
    QLabel::resizeEvent(event);
    elide();
}

void ElidedLabel::changeEvent(QEvent *event)
{
    QLabel::changeEvent(event);
    if (event->type() == QEvent::FontChange)
        elide();
}

SegmentRow::SegmentRow(const QList<Segment> &segments, QWidget *parent)
    : QWidget(parent)
{
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    QList<QWidget *> buttons;
    for (const Segment &segment : segments) {
        auto *button = new QToolButton(this);
        button->setText(segment.text);
        button->setCheckable(true);
        button->setFocusPolicy(Qt::TabFocus);
        button->setToolButtonStyle(Qt::ToolButtonTextOnly);
        nameControl(button, segment.objectName, segment.text, segment.toolTip);
        m_group.addButton(button, static_cast<int>(buttons.size()));
        m_texts.push_back({segment.text, segment.text});
        row->addWidget(button);
        buttons << button;
    }
    row->addStretch(1); // joined buttons stay joined
    m_group.setExclusive(true);
    joinSegments(buttons);
    setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed); // shorter texts where room is short
    // Tab stops at the chosen button, the arrows move on from there.
    connect(&m_group, &QButtonGroup::idToggled, this, [this] {
        for (QAbstractButton *button : m_group.buttons())
            button->setFocusPolicy(button->isChecked() ? Qt::TabFocus : Qt::NoFocus);
    });
    connect(&m_group, &QButtonGroup::idClicked, this, &SegmentRow::chosen);
}

void SegmentRow::setCurrent(int index)
{
    if (QAbstractButton *button = m_group.button(index))
        button->setChecked(true);
}

void SegmentRow::setTexts(int index, const QString &text, const QString &shorter)
{
    Texts &texts = m_texts[static_cast<std::size_t>(index)];
    if (texts.whole == text && texts.shorter == shorter)
        return;
    texts = {text, shorter};
    m_group.button(index)->setAccessibleName(text);
    updateGeometry();
    fit();
}

int SegmentRow::widthWith(QString Texts::*form) const
{
    int width = 0;
    for (std::size_t segment = 0; segment < m_texts.size(); ++segment) {
        const QAbstractButton *button = m_group.button(static_cast<int>(segment));
        const QFontMetrics metrics = button->fontMetrics();
        width += button->sizeHint().width() - metrics.size(Qt::TextShowMnemonic, button->text()).width()
            + metrics.size(Qt::TextShowMnemonic, m_texts[segment].*form).width();
    }
    return width;
}

void SegmentRow::fit()
{
    const QString Texts::*form = widthWith(&Texts::whole) <= width() ? &Texts::whole : &Texts::shorter;
    for (std::size_t segment = 0; segment < m_texts.size(); ++segment) {
        QAbstractButton *button = m_group.button(static_cast<int>(segment));
        if (button->text() != m_texts[segment].*form)
            button->setText(m_texts[segment].*form);
    }
}

QSize SegmentRow::sizeHint() const
{
    return {widthWith(&Texts::whole), QWidget::sizeHint().height()};
}

QSize SegmentRow::minimumSizeHint() const
{
    return {widthWith(&Texts::shorter), QWidget::minimumSizeHint().height()};
}

void SegmentRow::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    fit();
}

void SegmentRow::enableSegment(int index, const QString &toolTip)
{
    if (QAbstractButton *button = m_group.button(index)) {
        button->setEnabled(true);
        button->setToolTip(inShortLines(toolTip));
    }
}

void SegmentRow::disableSegment(int index, const QString &reason)
{
    if (QAbstractButton *button = m_group.button(index)) {
        button->setEnabled(false);
        button->setToolTip(inShortLines(reason));
    }
}

PanelTitle::PanelTitle(const QString &title, QWidget *parent)
    : QWidget(parent)
    , m_row(new QHBoxLayout(this))
    , m_title(new QLabel(title, this))
    , m_remark(new QLabel(this))
{
    m_row->setContentsMargins(kMargin, 4, kMargin, 4);
    m_row->setSpacing(8);
    m_title->setTextFormat(Qt::PlainText);
    m_remark->setTextFormat(Qt::PlainText);
    m_remark->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_row->addWidget(m_title);
    m_row->addWidget(m_remark, 1);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    setMinimumHeight(kTitleHeight);
}

void PanelTitle::setTheme(const Theme &theme)
{
    m_title->setFont(theme.type().title);
    m_remark->setFont(theme.type().text);
    QPalette quiet = m_remark->palette();
    quiet.setColor(QPalette::WindowText, theme.colours().secondaryText);
    m_remark->setPalette(quiet);
    m_accent = theme.colours().accent;
    setMinimumHeight(theme.type().scaled(kTitleHeight));
    makeRoom();
}

void PanelTitle::setTitle(const QString &title)
{
    m_title->setText(title);
    makeRoom();
}

void PanelTitle::setRemark(const QString &remark)
{
    m_remarkText = remark;
    m_remark->setToolTip(remark);
    makeRoom();
}

void PanelTitle::addControl(QWidget *control)
{
    m_row->addWidget(control);
}

void PanelTitle::addYieldingControl(QWidget *control)
{
    m_yielding = control;
    addControl(control);
}

void PanelTitle::hideControls()
{
    for (int place = 0; place < m_row->count(); ++place) {
        QWidget *part = m_row->itemAt(place)->widget();
        if (part && part != m_title && part != m_remark)
            part->hide();
    }
    m_yielding = nullptr;
}

int PanelTitle::leastWidth() const
{
    const QMargins margins = m_row->contentsMargins();
    int needed = margins.left() + margins.right() + (m_row->count() - 1) * m_row->spacing();
    for (int place = 0; place < m_row->count(); ++place) {
        const QWidget *part = m_row->itemAt(place)->widget();
        needed += part == m_remark || part == m_yielding || part->isHidden() ? 0 : part->sizeHint().width();
    }
    return needed;
}

QSize PanelTitle::minimumSizeHint() const
{
    int least = leastWidth();
    for (int place = 0; place < m_row->count(); ++place) { // some controls can be narrower than they wish
        const QWidget *part = m_row->itemAt(place)->widget();
        if (part != m_title && part != m_remark && part != m_yielding)
            least -= std::max(0, part->sizeHint().width() - part->minimumSizeHint().width());
    }
    return {least, QWidget::minimumSizeHint().height()};
}

void PanelTitle::makeRoom()
{
    if (m_yielding) {
        const int remark = m_remark->fontMetrics().horizontalAdvance(m_remarkText);
        m_yielding->setVisible(leastWidth() + m_yielding->sizeHint().width() + remark <= width());
    }
    m_row->activate();
    elide();
}

void PanelTitle::setActivity(Activity activity)
{
    if (m_activity == activity)
        return;
    m_activity = activity;
    update();
}

void PanelTitle::elide()
{
    const QString text = m_remark->fontMetrics().elidedText(m_remarkText, Qt::ElideRight, m_remark->width());
    const bool tellsNothing = text != m_remarkText && text.size() < kFewestLetters;
    m_remark->setText(tellsNothing ? QString() : text);
}

void PanelTitle::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    makeRoom();
}

void PanelTitle::paintEvent(QPaintEvent *event)
{
    QWidget::paintEvent(event);
    if (m_activity == Activity::Idle)
        return;
    QPainter painter(this);
    painter.fillRect(QRect(0, 0, width() / 3, 2), m_accent);
}

QString formatCount(std::size_t count)
{
    return QLocale(QLocale::English).toString(static_cast<qulonglong>(count));
}

QIcon tintedIcon(const QString &name, const QColor &colour, const QColor &disabledColour)
{
    const QString path = QStringLiteral(":/icons/%1.svg").arg(name);
    QIcon icon;
    if (!QFile::exists(path)) // a program without the resources (tests) shows the texts alone
        return icon;
    const QIcon source(path);
    const auto add = [&](const QColor &tint, QIcon::Mode mode) {
        for (const int size : {16, 32}) {
            QPixmap pixmap = source.pixmap(size, size);
            if (pixmap.isNull())
                return;
            QPainter painter(&pixmap);
            painter.setCompositionMode(QPainter::CompositionMode_SourceIn);
            painter.fillRect(pixmap.rect(), tint);
            painter.end();
            icon.addPixmap(pixmap, mode);
        }
    };
    add(colour, QIcon::Normal);
    add(disabledColour, QIcon::Disabled);
    return icon;
}

} // namespace sinkscope::ui
