// SPDX-License-Identifier: Apache-2.0
// The box of the trust report.
#include "ui/dialogs/trust_report_dialog.h"

#include "ui/theme/number_format.h"

#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QHeaderView>
#include <QtWidgets/QLabel>
#include <QtWidgets/QProgressBar>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QTableWidget>
#include <QtWidgets/QVBoxLayout>

namespace sinkscope::ui {

namespace {

enum Column { kResult, kMeaning, kValue, kTolerance, kColumns };

constexpr int kWidth = 780;
constexpr int kHeight = 560;

void nameWidget(QWidget *widget, const char *objectName, const QString &name, const QString &toolTip)
{
    widget->setObjectName(QLatin1String(objectName));
    widget->setAccessibleName(name);
    widget->setToolTip(toolTip);
}

/// A difference; that of equal bytes is a plain 0.
QString figureText(double value)
{
    return value == 0.0 ? QStringLiteral("0") : formatFigure(value, 4);
}

QTableWidgetItem *makeItem(const QString &text, Qt::Alignment alignment = Qt::AlignLeft)
{
    auto *item = new QTableWidgetItem(text);
    item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable);
    item->setTextAlignment(alignment | Qt::AlignVCenter);
    return item;
}

} // namespace

TrustReportDialog::TrustReportDialog(TrustReport &trust, const Theme &theme, QWidget *parent)
    : QDialog(parent)
    , m_trust(trust)
    , m_summary(new QLabel(this))
    , m_hash(new QLabel(this))
    , m_progress(new QProgressBar(this))
    , m_table(new QTableWidget(0, kColumns, this))
{
    setObjectName(QStringLiteral("trustReportDialog"));
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Trust report"));
    m_summary->setObjectName(QStringLiteral("trustSummary"));
    m_summary->setTextFormat(Qt::PlainText);
    m_summary->setWordWrap(true);
    nameWidget(m_hash, "trustHash", tr("Hash of the model file"),
        tr("By this number anyone can tell whether they have the same model file"));
    m_hash->setTextFormat(Qt::PlainText);
    m_hash->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    nameWidget(m_progress, "trustProgress", tr("Progress of the checks"), tr("How far the checks are"));
    m_progress->setRange(0, 100);
    makeTable();
    auto *column = new QVBoxLayout(this);
    column->addWidget(m_summary);
    column->addWidget(m_hash);
    column->addWidget(m_progress);
    column->addWidget(m_table, 1);
    column->addWidget(makeButtons());
    setTheme(theme);
    resize(theme.type().scaled(kWidth), theme.type().scaled(kHeight));
    connect(&trust, &TrustReport::changed, this, &TrustReportDialog::refresh);
    if (!trust.report() && trust.status() != TrustReport::Status::Running)
        trust.run();
}

void TrustReportDialog::makeTable()
{
    nameWidget(m_table, "trustTable", tr("Checks"),
        tr("Each check with the largest difference found and the largest that is allowed"));
    m_table->setHorizontalHeaderLabels({tr("Result"), tr("Check"), tr("Difference"), tr("Allowed")});
    m_table->horizontalHeaderItem(kMeaning)->setTextAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_table->horizontalHeaderItem(kResult)->setTextAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_table->verticalHeader()->hide();
    m_table->setShowGrid(false);
    m_table->setAlternatingRowColors(true);
    m_table->setTabKeyNavigation(false); // Tab goes on to the buttons, arrows move in the table
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setWordWrap(true);
    m_table->horizontalHeader()->setSectionsClickable(false);
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_table->horizontalHeader()->setSectionResizeMode(kMeaning, QHeaderView::Stretch);
    m_table->verticalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
}

QWidget *TrustReportDialog::makeButtons()
{
    auto *bar = new QWidget(this);
    auto *row = new QHBoxLayout(bar);
    row->setContentsMargins(0, 0, 0, 0);
    m_copy = new QPushButton(tr("&Copy"), bar);
    nameWidget(m_copy, "trustCopyButton", tr("Copy the report"), tr("Copy the report as text"));
    m_run = new QPushButton(tr("&Run again"), bar);
    nameWidget(m_run, "trustRunButton", tr("Run the checks again"), tr("Run all checks again"));
    auto *close = new QPushButton(tr("Close"), bar);
    nameWidget(close, "trustCloseButton", tr("Close the report"),
        tr("Close; checks that still run are ended (Esc)"));
    close->setDefault(true);
    row->addWidget(m_copy);
    row->addWidget(m_run);
    row->addStretch(1);
    row->addWidget(close);
    connect(m_copy, &QPushButton::clicked, this, &TrustReportDialog::copy);
    connect(m_run, &QPushButton::clicked, &m_trust, &TrustReport::run);
    connect(close, &QPushButton::clicked, this, &QDialog::accept);
    return bar;
}

void TrustReportDialog::setTheme(const Theme &theme)
{
    m_colours = theme.colours();
    m_summary->setFont(theme.type().title);
    m_hash->setFont(theme.type().status);
    m_table->horizontalHeader()->setFont(theme.type().axis);
    m_table->setFont(theme.type().text);
    refresh();
}

void TrustReportDialog::done(int result)
{
    m_trust.cancel();
    QDialog::done(result);
}

void TrustReportDialog::refresh()
{
    const VerifyReport *report = m_trust.report().get();
    const bool isRunning = m_trust.status() == TrustReport::Status::Running;
    QPalette summary = palette();
    if (report) {
        QString words = report->ok()
            ? tr("✓ All checks that ran hold for this model on this computer.")
            : tr("✗ Some checks do not hold: do not rely on the figures of this model here.");
        if (const QDateTime date = m_trust.rememberedFrom(); date.isValid())
            words += QLatin1Char('\n')
                + tr("Verified on %1, with this very file, program and processor. Run again checks it anew.")
                      .arg(dateInWords(date));
        m_summary->setText(words);
        summary.setColor(QPalette::WindowText, report->ok() ? m_colours.success : m_colours.error);
    } else if (isRunning) {
        m_summary->setText(tr("Checking this model: %1").arg(m_trust.step()));
    } else {
        m_summary->setText(m_trust.error().isEmpty() ? m_trust.statusText() : m_trust.error());
    }
    m_summary->setPalette(summary);
    m_hash->setVisible(report != nullptr);
    m_progress->setVisible(isRunning);
    m_progress->setValue(static_cast<int>(m_trust.fraction() * 100.0));
    m_copy->setEnabled(report != nullptr);
    m_run->setEnabled(!isRunning);
    m_table->setRowCount(0);
    if (!report)
        return;
    m_hash->setText(tr("sha256 %1").arg(QString::fromStdString(report->sha256)));
    fillTable(*report);
}

void TrustReportDialog::fillTable(const VerifyReport &report)
{
    m_table->setRowCount(static_cast<int>(report.checks.size()));
    int row = 0;
    for (const VerifyCheck &check : report.checks) {
        QTableWidgetItem *result = makeItem(checkResultText(check));
        const QColor done = check.ok ? m_colours.success : m_colours.error;
        result->setForeground(check.skipped() ? m_colours.secondaryText : done);
        QString meaning = checkMeaning(check.name);
        if (check.skipped())
            meaning = tr("%1\nskipped: %2").arg(meaning, QString::fromStdString(check.skippedReason));
        QTableWidgetItem *text = makeItem(meaning);
        text->setToolTip(QString::fromStdString(check.name));
        m_table->setItem(row, kResult, result);
        m_table->setItem(row, kMeaning, text);
        m_table->setItem(
            row, kValue, makeItem(check.skipped() ? QString() : figureText(check.value), Qt::AlignRight));
        m_table->setItem(row, kTolerance, makeItem(figureText(check.tolerance), Qt::AlignRight));
        ++row;
    }
}

void TrustReportDialog::copy()
{
    if (m_trust.report())
        QGuiApplication::clipboard()->setText(trustReportText(*m_trust.report()));
}

void showTrustReport(TrustReport &trust, const Theme &theme, QWidget *window)
{
    auto *dialog = window->findChild<TrustReportDialog *>();
    if (!dialog)
        dialog = new TrustReportDialog(trust, theme, window);
    dialog->show();
    dialog->raise();
    dialog->activateWindow();
}

void setTrustReportTheme(const Theme &theme, const QWidget *window)
{
    if (auto *dialog = window->findChild<TrustReportDialog *>())
        dialog->setTheme(theme);
}

} // namespace sinkscope::ui
