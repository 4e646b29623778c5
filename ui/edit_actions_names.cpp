// SPDX-License-Identifier: Apache-2.0
// Groups of heads and presets of edits in their menus.
#include "ui/edit_actions.h"

#include <QtWidgets/QAction>
#include <QtWidgets/QMenu>

#include <algorithm>
#include <cmath>

namespace sinkscope::ui {

namespace {

constexpr double kPresetFactors[] = {1.5, 0.5, 0.0};
constexpr std::size_t kMostMoving = 10; ///< heads of the preset by effect
constexpr double kMovedTo = 2.0;

/// A name in a menu, where "&" would mark a key.
QString inMenu(const QString &name)
{
    QString text = name;
    return text.replace(QLatin1Char('&'), QStringLiteral("&&"));
}

std::vector<HeadRef> strongest(const Matrix &effect, std::size_t count)
{
    std::vector<std::pair<double, HeadRef>> heads;
    for (std::size_t layer = 0; layer < effect.rows(); ++layer)
        for (std::size_t head = 0; head < effect.columns(); ++head)
            heads.emplace_back(std::abs(double(effect.at(layer, head))),
                HeadRef {LayerIndex(int(layer)), HeadIndex(int(head))});
    std::ranges::stable_sort(
        heads, [](const auto &left, const auto &right) { return left.first > right.first; });
    std::vector<HeadRef> first;
    for (std::size_t place = 0; place < std::min(count, heads.size()); ++place)
        first.push_back(heads[place].second);
    return first;
}

} // namespace

void EditActions::fillGroups()
{
    m_groups->clear();
    const bool isUsable = m_bench.state.model() != nullptr;
    const std::vector<HeadRef> heads = m_bench.selection.heads();
    QMenu *make = m_groups->addMenu(tr("&Name %1").arg(headsName(heads)));
    make->setEnabled(isUsable);
    for (const char *usual : {"up", "down"}) {
        const QString name = QLatin1String(usual);
        addAction(make, name, usual,
            [this, name, heads] { setGroup(name, heads, tr("name the group %1").arg(name)); });
    }
    addAction(make, tr("&Another name..."), "otherGroupName", [this] { askGroupName(); });
    m_groups->addSeparator();
    const EditList::Groups &groups = m_bench.state.edits().groups();
    for (const auto &[name, members] : groups)
        addGroupMenu(name, members);
    if (groups.empty())
        m_groups->addAction(tr("No group yet"))->setEnabled(false);
}

void EditActions::addGroupMenu(const std::string &name, const std::vector<HeadRef> &heads)
{
    const QString words = QString::fromStdString(name);
    QMenu *menu = m_groups->addMenu(tr("%1, %2").arg(inMenu(words), headsName(heads)));
    addAction(menu, tr("&Select: the slider turns it"), "selectGroup", [this, heads] {
        m_bench.selection.setHeads(heads);
        m_bench.selection.setScope(FactorScope::Head);
    });
    const std::vector<HeadRef> selected = m_bench.selection.heads();
    addAction(menu, tr("&Change it to %1").arg(headsName(selected)), "changeGroup",
        [this, words, selected] { setGroup(words, selected, tr("change the group %1").arg(words)); });
    addAction(menu, tr("&Rename..."), "renameGroup", [this, name, heads] { askNewName(name, heads); });
    addAction(menu, tr("&Delete the name"), "deleteGroup",
        [this, words] { setGroup(words, {}, tr("delete the group %1").arg(words)); });
}

void EditActions::setGroup(const QString &name, const std::vector<HeadRef> &heads, const QString &step)
{
    EditList edits = m_bench.state.edits();
    edits.setGroup(name.toStdString(), heads);
    m_bench.state.replaceEdits(edits, step);
}

void EditActions::askGroupName()
{
    const std::vector<HeadRef> heads = m_bench.selection.heads();
    m_prompts.askName(m_window, tr("Name of the group of %1:").arg(headsName(heads)), QString(),
        [this, heads](const QString &name) { setGroup(name, heads, tr("name the group %1").arg(name)); });
}

void EditActions::askNewName(const std::string &name, const std::vector<HeadRef> &heads)
{
    m_prompts.askName(m_window, tr("New name of the group:"), QString::fromStdString(name),
        [this, name, heads](const QString &chosen) {
            EditList edits = m_bench.state.edits();
            edits.setGroup(name, {});
            edits.setGroup(chosen.toStdString(), heads);
            m_bench.state.replaceEdits(
                edits, tr("rename the group %1 to %2").arg(QString::fromStdString(name), chosen));
        });
}

void EditActions::fillPresets()
{
    m_presets->clear();
    const bool isUsable = m_bench.state.model() != nullptr;
    for (const double gamma : kPresetFactors) {
        const QString name = gamma > 0.0 ? tr("All heads %1").arg(gamma) : tr("All heads off");
        addAction(m_presets, name, "presetOfAll", [this, name, gamma] {
            apply(name, allHeadsAt(gamma, m_bench.state.grid()));
        })->setEnabled(isUsable);
    }
    QAction *moving =
        addAction(m_presets, tr("Ten heads of the greatest predicted effect on the margin, %1").arg(kMovedTo),
            "presetByEffect", [this] { applyByEffect(); });
    moving->setEnabled(isUsable);
    moving->setToolTip(tr("By the derivatives that colour the map as \"effect on margin\""));
    addAction(m_presets, tr("Random &control: as many other heads"), "presetControl", [this] {
        drawControl();
    })->setEnabled(!m_bench.state.edits().isEmpty());
    m_presets->addSeparator();
    std::vector<Preset> own;
    try {
        own = m_bench.presets.all();
    } catch (const Error &error) {
        m_presets->addAction(userMessage(tr("No presets"), error.parts()).oneLine())->setEnabled(false);
    }
    for (const Preset &preset : own)
        addAction(m_presets, tr("%1, %2").arg(inMenu(preset.name), headsName(preset.edits.heads())),
            "ownPreset", [this, preset] { apply(preset.name, preset.edits); })
            ->setEnabled(isUsable);
    if (!own.empty())
        m_presets->addSeparator();
    addAction(m_presets, tr("&Save the edits as a preset..."), "savePreset", [this] {
        askPresetName();
    })->setEnabled(!m_bench.state.edits().isEmpty());
    QMenu *remove = m_presets->addMenu(tr("&Remove a preset"));
    remove->setEnabled(!own.empty());
    for (const Preset &preset : own)
        addAction(remove, inMenu(preset.name), "removePreset", [this, name = preset.name] {
            tryOrSay(tr("The preset is not removed"), [this, name] { m_bench.presets.remove(name); });
        });
}

void EditActions::apply(const QString &name, const EditList &edits)
{
    tryOrSay(tr("The preset does not fit this model"), [this, name, edits] {
        EditList after = m_bench.state.edits().withoutEdits();
        for (const EditEntry &entry : edits.entries()) {
            after.set({entry.head, entry.gamma});
            after.setSwitch(entry.head, EditSwitch::On);
        }
        for (const OtherEdit &other : edits.others())
            after.setEdit(other.edit);
        after.intervention().validate(m_bench.state.grid()); // with all of it switched on
        for (const EditEntry &entry : edits.entries())
            after.setSwitch(entry.head, entry.isEnabled ? EditSwitch::On : EditSwitch::Off);
        for (const OtherEdit &other : edits.others())
            after.setSwitch(other.edit, other.isEnabled ? EditSwitch::On : EditSwitch::Off);
        m_bench.state.replaceEdits(after, tr("preset: %1").arg(name));
    });
}

void EditActions::applyByEffect()
{
    const Matrix *effect = m_bench.effects.effectOrNull(Effect::Margin);
    if (!effect || m_bench.effects.isOld()) {
        say(tr("Not known yet: colour the map of heads by \"effect on margin\" first"));
        return;
    }
    EditList edits;
    for (const HeadRef head : strongest(*effect, kMostMoving))
        edits.set({head, kMovedTo});
    apply(tr("ten heads by effect on the margin, %1").arg(kMovedTo), edits);
}

void EditActions::askPresetName()
{
    m_prompts.askName(m_window, tr("Name of the preset:"), QString(), [this](const QString &name) {
        tryOrSay(tr("The preset is not kept"), [this, name] {
            m_bench.presets.save(name, m_bench.state.edits());
            say(tr("Kept as a preset: %1").arg(name));
        });
    });
}

} // namespace sinkscope::ui
