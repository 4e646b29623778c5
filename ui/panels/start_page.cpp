// SPDX-License-Identifier: Apache-2.0
// What stands in the centre while there is no model.
#include "ui/panels/start_page.h"

#include <QtCore/QFileInfo>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QProgressBar>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QVBoxLayout>

namespace sinkscope::ui {

namespace {

constexpr int kMargin = 48;
constexpr int kBarWidth = 560;
constexpr int kShownPrompt = 600; ///< characters of the prompt while there is no model

void setQuiet(QLabel *label, const Theme &theme)
{
    QPalette palette = label->palette();
    palette.setColor(QPalette::WindowText, theme.colours().secondaryText);
    label->setPalette(palette);
}

void paintCanvas(QWidget *page, const Theme &theme)
{
    QPalette palette = page->palette();
    palette.setColor(QPalette::Window, theme.colours().canvas);
    page->setPalette(palette);
    page->setAutoFillBackground(true);
}

QString shortened(const QString &promptText)
{
    const bool isLong = promptText.size() > kShownPrompt;
    return isLong ? promptText.left(kShownPrompt) + QStringLiteral("…") : promptText;
}

QLabel *makePromptLabel(const char *objectName, QWidget *page)
{
    auto *label = new QLabel(page);
    label->setObjectName(QLatin1String(objectName));
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    return label;
}

} // namespace

StartPage::StartPage(QWidget *parent)
    : Panel(parent)
    , m_title(new QLabel(tr("Open a model"), this))
    , m_hint(new QLabel(tr("GGUF file; or drop it here."), this))
    , m_recentTitle(new QLabel(tr("Recent"), this))
    , m_recent(new QVBoxLayout)
    , m_promptTitle(new QLabel(tr("Prompt, run once a model is open"), this))
    , m_prompt(makePromptLabel("startPrompt", this))
{
    auto *open = new QPushButton(tr("Open file..."), this);
    nameControl(open, "startOpenButton", tr("Open a model file"), tr("Choose a GGUF file (Ctrl+O)"));
    auto *example = new QPushButton(tr("Example model"), this);
    nameControl(example, "startExampleButton", tr("Open the example model"),
        tr("Open the model that app/run has put in place"));
    auto *buttons = new QHBoxLayout;
    buttons->addWidget(open);
    buttons->addWidget(example);
    buttons->addStretch(1);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(kMargin, kMargin, kMargin, kMargin);
    column->setSpacing(12);
    column->addWidget(m_title);
    column->addLayout(buttons);
    column->addWidget(m_hint);
    column->addWidget(m_recentTitle);
    column->addLayout(m_recent);
    column->addSpacing(kMargin / 2);
    column->addWidget(m_promptTitle);
    column->addWidget(m_prompt);
    column->addStretch(1);
    connect(open, &QPushButton::clicked, this, &StartPage::openRequested);
    connect(example, &QPushButton::clicked, this, &StartPage::exampleRequested);
    setRecent({});
    setPrompt({});
}

void StartPage::setTheme(const Theme &theme)
{
    QFont title = theme.type().title;
    title.setPixelSize(theme.type().scaled(18));
    title.setBold(false);
    m_title->setFont(title);
    setQuiet(m_hint, theme);
    setQuiet(m_recentTitle, theme);
    setQuiet(m_promptTitle, theme);
    paintCanvas(this, theme);
}

void StartPage::setExample(const QString &path)
{
    const QString hint = tr("GGUF file; or drop it here.");
    m_hint->setText(QFileInfo::exists(path) ? hint
                                            : hint + QLatin1Char('\n')
                + tr("The example model is not there yet: app/run --build-only obtains it."));
}

void StartPage::setPrompt(const QString &text)
{
    m_prompt->setText(shortened(text));
    m_prompt->setVisible(!text.isEmpty());
    m_promptTitle->setVisible(!text.isEmpty());
}

void StartPage::setRecent(const QStringList &paths)
{
    while (QLayoutItem *item = m_recent->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    m_recentTitle->setVisible(!paths.isEmpty());
    for (const QString &path : paths) {
        auto *button = new QPushButton(QFileInfo(path).fileName(), this);
        button->setFlat(true);
        button->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
        nameControl(button, "recentModelButton", tr("Open %1").arg(QFileInfo(path).fileName()), path);
        connect(button, &QPushButton::clicked, this, [this, path] { Q_EMIT recentRequested(path); });
        m_recent->addWidget(button);
    }
}

LoadPage::LoadPage(QWidget *parent)
    : Panel(parent)
    , m_title(new QLabel(this))
    , m_bar(new QProgressBar(this))
    , m_step(new QLabel(this))
    , m_prompt(makePromptLabel("loadPrompt", this))
    , m_cancel(new QPushButton(tr("Cancel"), this))
{
    m_title->setObjectName(QStringLiteral("loadTitle"));
    m_title->setTextFormat(Qt::PlainText);
    m_step->setObjectName(QStringLiteral("loadStep"));
    nameControl(m_bar, "loadProgress", tr("Progress of the load"), tr("How much of the model is loaded"));
    m_bar->setRange(0, 1000);
    m_bar->setTextVisible(false);
    m_bar->setFixedHeight(6);
    m_bar->setMaximumWidth(kBarWidth);
    nameControl(
        m_cancel, "cancelLoadButton", tr("Cancel loading"), tr("Stop loading; the former model stays (Esc)"));
    m_cancel->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(kMargin, kMargin, kMargin, kMargin);
    column->setSpacing(12);
    column->addWidget(m_title);
    column->addWidget(m_bar);
    column->addWidget(m_step);
    column->addWidget(m_cancel);
    column->addSpacing(kMargin);
    column->addWidget(m_prompt);
    column->addStretch(1);
    connect(m_cancel, &QPushButton::clicked, this, &LoadPage::cancelRequested);
}

void LoadPage::setTheme(const Theme &theme)
{
    setQuiet(m_step, theme);
    paintCanvas(this, theme);
}

void LoadPage::begin(const QString &fileName, const QString &promptText)
{
    m_title->setText(tr("Loading %1").arg(fileName));
    m_prompt->setText(shortened(promptText));
    m_clock.start();
    m_timeLeft.reset();
    setProgress(0.0, QString());
}

void LoadPage::setProgress(double fraction, const QString &step)
{
    m_bar->setValue(static_cast<int>(fraction * 1000));
    const QString left = m_timeLeft.text(fraction, static_cast<double>(m_clock.elapsed()) / 1000.0);
    m_step->setText(left.isEmpty() ? step : tr("%1, %2").arg(step, left));
}

} // namespace sinkscope::ui
