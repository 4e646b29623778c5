// SPDX-License-Identifier: Apache-2.0
// What the bars under the prompt's tokens say.
#include "ui/panels/strip_reading.h"

#include "ui/panels/panel.h"
#include "ui/state/live_attention.h"

#include <QtWidgets/QActionGroup>
#include <QtWidgets/QMenu>

#include <limits>

namespace sinkscope::ui {

namespace {

/// Weight of a cell of one head; key 0 from where it is exact.
float weightAt(const HeadReading &reading, std::size_t query, std::size_t key)
{
    return key == 0 ? reading.sinkMass.values[query]
                    : reading.pattern.values[LayerRecord::triangleSize(query) + key];
}

/// Adds `share` times what `token` reads.
void addPaid(std::vector<float> &sums, const HeadReading &reading, std::size_t token, float share)
{
    for (std::size_t key = 0; key <= token; ++key)
        sums[key] += share * weightAt(reading, token, key);
}

/// Adds `share` times how much each token from `token` on reads it.
void addReceived(std::vector<float> &sums, const HeadReading &reading, std::size_t token, float share)
{
    for (std::size_t query = token; query < sums.size(); ++query)
        sums[query] += share * weightAt(reading, query, token);
}

} // namespace

std::vector<float> stripWeights(
    const Workbench &bench, int token, StripReading reading, const std::vector<HeadRef> &heads)
{
    const LiveAttention live(bench.state);
    const auto chosen = static_cast<std::size_t>(token);
    const bool isPaid = reading == StripReading::Paid;
    std::vector<float> sums(isPaid ? chosen + 1 : static_cast<std::size_t>(live.tokenCount()), 0.0F);
    const auto add = [&](const HeadReading &head, float share) {
        if (head.pattern.values.empty())
            return false;
        (isPaid ? addPaid : addReceived)(sums, head, chosen, share);
        return true;
    };
    const float share = 1.0F / static_cast<float>(heads.size());
    const Side side = bench.selection.side();
    for (const HeadRef head : heads) {
        if (side != Side::Baseline && !add(live.edited(head), share))
            return {};
        if (side != Side::Edited && !add(live.baseline(head), side == Side::Difference ? -share : share))
            return {};
    }
    for (std::size_t before = 0; !isPaid && before < chosen; ++before)
        sums[before] = std::numeric_limits<float>::quiet_NaN();
    return sums;
}

StripReadingButton::StripReadingButton(QWidget *parent)
    : QToolButton(parent)
{
    setToolButtonStyle(Qt::ToolButtonTextOnly);
    setPopupMode(QToolButton::InstantPopup);
    setFocusPolicy(Qt::StrongFocus);
    setMenu(new QMenu(this));
    auto *readings = new QActionGroup(this);
    QAction *paid = add(readings, tr("What the chosen token &reads"), "stripPaid");
    QAction *received = add(readings, tr("What reads the &chosen token"), "stripReceived");
    menu()->addSeparator();
    auto *heads = new QActionGroup(this);
    QAction *one = add(heads, tr("This &head"), "stripOneHead");
    QAction *mean = add(heads, tr("&Mean of the chosen heads"), "stripMean");
    paid->setChecked(true);
    one->setChecked(true);
    for (QActionGroup *group : {readings, heads}) {
        connect(group, &QActionGroup::triggered, this, [this, received, mean] {
            take({received->isChecked() ? StripReading::Received : StripReading::Paid,
                mean->isChecked() ? StripHeads::MeanOfChosen : StripHeads::Selected});
        });
    }
    take({});
}

QAction *StripReadingButton::add(QActionGroup *group, const QString &text, const char *objectName)
{
    QAction *action = group->addAction(text);
    action->setObjectName(QLatin1String(objectName));
    action->setCheckable(true);
    menu()->addAction(action);
    return action;
}

void StripReadingButton::take(const StripChoice &choice)
{
    const bool isChanged = !(choice == m_choice);
    m_choice = choice;
    setText(choice.reading == StripReading::Paid ? tr("Reads") : tr("Read by"));
    nameControl(this, "stripReadingButton", tr("What colours the text: %1").arg(text()),
        tr("What the bars under the tokens show: what the chosen token reads, or what reads it; in the "
           "selected "
           "head, or the mean of the chosen ones"));
    if (isChanged)
        Q_EMIT choiceChanged();
}

} // namespace sinkscope::ui
