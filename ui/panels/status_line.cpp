// SPDX-License-Identifier: Apache-2.0
// The status bar.
#include "ui/panels/status_line.h"

#include "ui/theme/number_format.h"

namespace sinkscope::ui {

StatusLine::StatusLine(Workbench &bench, QWidget *parent)
    : QStatusBar(parent)
    , m_bench(bench)
    , m_selection(new QLabel(this))
    , m_tokens(new QLabel(this))
    , m_grid(new QLabel(this))
    , m_precision(new QLabel(tr("fp32"), this))
    , m_recomputed(new QLabel(this))
    , m_time(new QLabel(this))
{
    setSizeGripEnabled(false);
    setContentsMargins(8, 0, 8, 0);
    m_selection->setObjectName(QStringLiteral("statusSelection"));
    m_selection->setTextFormat(Qt::PlainText);
    m_selection->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_precision->setToolTip(tr("Weights and sums are 32-bit floating point"));
    addWidget(m_selection, 1);
    const char *names[] = {"statusTokens", "statusGrid", "statusPrecision", "statusRecomputed", "statusTime"};
    int index = 0;
    for (QLabel *label : {m_tokens, m_grid, m_precision, m_recomputed, m_time}) {
        label->setObjectName(QLatin1String(names[index++]));
        label->setContentsMargins(10, 0, 10, 0);
        addPermanentWidget(label);
    }
    connect(&bench.state, &AppState::snapshotsChanged, this, &StatusLine::refresh);
    connect(&bench.state, &AppState::modelChanged, this, &StatusLine::refresh);
    connect(&bench.selection, &Selection::headChanged, this, &StatusLine::refresh);
    refresh();
}

void StatusLine::setTheme(const Theme &theme)
{
    for (QLabel *label : {m_selection, m_tokens, m_grid, m_precision, m_recomputed, m_time})
        label->setFont(theme.type().status);
    QPalette quiet = m_selection->palette();
    quiet.setColor(QPalette::WindowText, theme.colours().secondaryText);
    for (QLabel *label : {m_selection, m_time})
        label->setPalette(quiet);
}

void StatusLine::setCellText(const QString &text)
{
    m_cellText = text;
    refresh();
}

void StatusLine::refresh()
{
    const std::shared_ptr<const Model> model = m_bench.state.model();
    if (!model) {
        m_selection->setText(tr("No model is open"));
        for (QLabel *label : {m_tokens, m_grid, m_precision, m_recomputed, m_time})
            label->hide();
        return;
    }
    const HeadRef head = m_bench.selection.head();
    m_selection->setText(!m_cellText.isEmpty()
            ? m_cellText
            : tr("Layer %1 head %2 (KV %3): click a cell to pin it, Esc releases")
                  .arg(head.layer.value)
                  .arg(head.head.value)
                  .arg(model->config.kvHeadOf(head.head).value));
    m_selection->setToolTip(m_selection->text());
    m_grid->setText(tr("%1 layers × %2 heads").arg(model->config.layerCount).arg(model->config.headCount));
    m_grid->show();
    m_precision->show();
    const std::shared_ptr<const Snapshot> edited = m_bench.state.edited();
    for (QLabel *label : {m_tokens, m_recomputed, m_time})
        label->setVisible(edited != nullptr);
    if (!edited)
        return;
    const std::size_t tokens = edited->prompt->ids.size();
    m_tokens->setText(tokens == 1 ? tr("1 token") : tr("%1 tokens").arg(tokens));
    const int first = edited->pass->firstComputedLayer.value;
    const int last = model->config.layerCount - 1;
    m_recomputed->setText(first > last ? tr("no layer recomputed")
            : first == last            ? tr("layer %1 recomputed").arg(last)
                                       : tr("layers %1–%2 recomputed").arg(first).arg(last));
    m_time->setText(tr("last pass %1").arg(formatMilliseconds(edited->elapsedMs)));
}

} // namespace sinkscope::ui
