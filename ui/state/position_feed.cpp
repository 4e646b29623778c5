// SPDX-License-Identifier: Apache-2.0
// The output after any token of the prompt, asked for when it is shown.
#include "ui/state/position_feed.h"

namespace sinkscope::ui {

PositionFeed::PositionFeed(EngineController &engine, AppState &state, Selection &selection, QObject *parent)
    : QObject(parent)
    , m_engine(engine)
    , m_state(state)
    , m_selection(selection)
{
    connect(&engine, &EngineController::positionReady, this, &PositionFeed::take);
    connect(&engine, &EngineController::positionFailed, this, &PositionFeed::takeFailure);
    connect(&state, &AppState::completed, this, &PositionFeed::pump);
    for (const auto change : {&AppState::promptChanged, &AppState::answersChanged, &AppState::editsChanged,
             &AppState::snapshotsChanged})
        connect(&state, change, this, &PositionFeed::changed);
    connect(&state, &AppState::modelChanged, this, [this] {
        m_answer.reset();
        m_failure.reset();
        m_key.reset();
        Q_EMIT changed();
    });
    const auto move = [this] {
        Q_EMIT changed();
        pump();
    };
    connect(&selection, &Selection::outputRowChanged, this, move);
    connect(&selection, &Selection::pinnedChanged, this, move);
}

void PositionFeed::setLensNeed(LensNeed need)
{
    m_lensNeed = need;
    pump();
}

std::optional<TokenPos> PositionFeed::position() const
{
    if (!m_state.baseline())
        return std::nullopt;
    if (const auto row = pinnedRow(); row && m_selection.outputRow() == OutputRow::Pinned)
        return row;
    return TokenPos(static_cast<std::int32_t>(m_state.baseline()->prompt->ids.size()) - 1);
}

bool PositionFeed::isLast() const
{
    return m_selection.outputRow() == OutputRow::Last || !pinnedRow();
}

std::optional<TokenPos> PositionFeed::pinnedRow() const
{
    const int row = m_selection.pinned().query;
    if (!m_state.baseline() || row < 0 || row + 1 >= static_cast<int>(m_state.baseline()->prompt->ids.size()))
        return std::nullopt;
    return TokenPos(row);
}

std::optional<PositionFeed::Key> PositionFeed::wantedKey() const
{
    const bool isLensWanted = m_lensNeed == LensNeed::Wanted;
    if (!position() || (isLast() && !isLensWanted))
        return std::nullopt;
    return Key {m_state.session().prompt, m_state.session().answers, m_state.intervention(), *position(),
        isLensWanted ? LensLayers::All : LensLayers::Last};
}

void PositionFeed::pump()
{
    const std::optional<Key> key = wantedKey();
    if (!key || !m_state.isComplete() || m_state.isOfFormerPrompt())
        return;
    const RequestId newest = m_engine.latestPass();
    if (m_key == key || (m_askedId == newest && m_askedKey == *key))
        return;
    m_askedKey = *key;
    m_askedId = newest;
    m_engine.askPosition(key->position, key->layers);
}

bool PositionFeed::isAsked(const PositionQuestion &question) const
{
    return question.pass == m_askedId && question.position == m_askedKey.position
        && question.layers == m_askedKey.layers;
}

void PositionFeed::take(const std::shared_ptr<const PositionAnswer> &answer)
{
    if (!isAsked(answer->question)) // another position was asked for since
        return;
    m_answer = answer;
    m_failure.reset();
    m_key = m_askedKey;
    Q_EMIT changed();
}

void PositionFeed::takeFailure(const PositionQuestion &question, const UserMessage &message)
{
    if (!isAsked(question))
        return;
    m_answer.reset();
    m_failure = message;
    m_key = m_askedKey;
    Q_EMIT changed();
}

bool PositionFeed::isOnScreen(const Key &key) const
{
    return position() == key.position && key.prompt == m_state.sessionThatRan().prompt;
}

std::shared_ptr<const PositionAnswer> PositionFeed::answerOrNull(LensLayers layers) const
{
    if (!m_answer || !isOnScreen(*m_key) || (layers == LensLayers::All && m_key->layers != LensLayers::All))
        return nullptr;
    return m_answer;
}

QString PositionFeed::missingReason() const
{
    if (m_failure && isOnScreen(*m_key))
        return m_failure->oneLine();
    if (m_state.isCancelled() || m_state.passError())
        return tr("not computed");
    return tr("being computed");
}

bool PositionFeed::isOld() const
{
    return m_key
        && (!(m_key->edits == m_state.intervention()) || m_key->answers != m_state.session().answers
            || m_state.isOfFormerPrompt());
}

} // namespace sinkscope::ui
