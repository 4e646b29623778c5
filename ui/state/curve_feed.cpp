// SPDX-License-Identifier: Apache-2.0
// Curves over the factor, asked for in idle time.
#include "ui/state/curve_feed.h"

#include <algorithm>
#include <cmath>

namespace sinkscope::ui {

namespace {

constexpr std::size_t kMostEntries = 64;

std::vector<double> gammaGrid()
{
    std::vector<double> gammas {0.0};
    const double low = std::log(kSmallestFactor);
    const double high = std::log(kGreatestFactor);
    for (int step = 0; step < CurveFeed::kGammaCount; ++step)
        gammas.push_back(std::exp(low + (high - low) * step / (CurveFeed::kGammaCount - 1)));
    gammas[1 + CurveFeed::kGammaCount / 2] = 1.0; // the middle is exactly unedited
    gammas.back() = kGreatestFactor;
    return gammas;
}

/// Place on the slider's axis; "off" stands a little left of the axis.
double place(double gamma)
{
    return gamma > 0.0 ? std::log(gamma) : std::log(kSmallestFactor) - 0.5;
}

} // namespace

bool FactorCurve::hasPoints() const
{
    return std::any_of(points.begin(), points.end(), [](const auto &point) { return point.has_value(); });
}

bool FactorCurve::isComplete() const
{
    return std::all_of(points.begin(), points.end(), [](const auto &point) { return point.has_value(); });
}

std::size_t FactorCurve::knownCount() const
{
    return static_cast<std::size_t>(
        std::count_if(points.begin(), points.end(), [](const auto &point) { return point.has_value(); }));
}

bool CurveFeed::Key::sameButAnswers(const Key &other) const
{
    Key asked = other;
    asked.answers = answers;
    return *this == asked;
}

bool CurveFeed::Key::sameSubject(const Key &other) const
{
    const auto sameHead = [](const HeadFactor &left, const HeadFactor &right) {
        return left.head == right.head && std::abs(left.gamma - right.gamma) <= 1e-9 * std::abs(right.gamma);
    };
    return focus == other.focus && target == other.target && prompt == other.prompt
        && answers == other.answers
        && std::equal(scope.begin(), scope.end(), other.scope.begin(), other.scope.end(), sameHead);
}

bool CurveFeed::Key::operator==(const Key &other) const
{
    return others == other.others && sameSubject(other);
}

CurveFeed::CurveFeed(EngineController &engine, AppState &state, Selection &selection, QObject *parent)
    : QObject(parent)
    , m_engine(engine)
    , m_state(state)
    , m_selection(selection)
{
    m_settle.setSingleShot(true);
    m_settle.setInterval(kSettleMs);
    connect(&m_settle, &QTimer::timeout, this, &CurveFeed::pump);
    connect(&engine, &EngineController::curvePointReady, this, &CurveFeed::takePoint);
    connect(&state, &AppState::completed, this, &CurveFeed::settle);
    connect(&state, &AppState::editsChanged, this, [this] { m_asked.reset(); });
    // A load that began has ended the curve.
    connect(&engine, &EngineController::loadFailed, this, [this] { m_asked.reset(); });
    connect(&engine, &EngineController::loadCancelled, this, [this] { m_asked.reset(); });
    connect(&state, &AppState::promptChanged, this, [this] {
        m_asked.reset();
        m_lastOfEdit.clear();
        m_lastFactor.reset();
        Q_EMIT factorCurveChanged();
    });
    connect(&state, &AppState::passErrorChanged, this, [this] {
        if (!m_state.isRefused())
            return;
        Q_EMIT factorCurveChanged();
        Q_EMIT editCurveChanged();
    });
    connect(&state, &AppState::modelChanged, this, [this] {
        m_asked.reset();
        m_entries.clear();
        m_lastOfEdit.clear();
        m_lastFactor.reset();
        Q_EMIT factorCurveChanged();
    });
    connect(&selection, &Selection::headsChanged, this, &CurveFeed::settle);
    connect(&selection, &Selection::scopeChanged, this, &CurveFeed::settle);
    connect(&selection, &Selection::targetChanged, this, &CurveFeed::settle);
}

void CurveFeed::settle()
{
    Q_EMIT factorCurveChanged();
    m_settle.start();
}

CurveFeed::Key CurveFeed::keyFor(const ScopeReading &scope, const EditTarget &target, HeadRef focus) const
{
    // A refused prompt has no curves: those of the one on screen stay.
    const PromptSpec prompt =
        m_state.isRefused() ? m_state.sessionThatRan().prompt : m_state.session().prompt;
    Key key {prompt, m_state.session().answers, scope.heads, target, focus, m_state.intervention()};
    for (HeadFactor &factor : key.scope) {
        key.others.remove(editAt(target, factor.head, m_state.grid()));
        if (!scope.isMixed() || scope.gamma == 0.0)
            factor.gamma = 1.0;
        else
            factor.gamma /= scope.gamma;
    }
    return key;
}

ScopeReading CurveFeed::factorScope() const
{
    const EditTarget &target = m_selection.target();
    if (!hasFactor(target))
        return {};
    return readScope(m_selection.scope(), m_selection.heads(), m_state.edits(), m_state.grid(), target);
}

CurveFeed::Key CurveFeed::factorKey() const
{
    return keyFor(factorScope(), m_selection.target(), m_selection.head());
}

CurveFeed::Key CurveFeed::editKey(const std::vector<HeadRef> &heads) const
{
    return keyFor(readHeads(heads, m_state.edits()), {}, heads.front());
}

std::shared_ptr<CurveFeed::Entry> CurveFeed::findOrNull(const Key &key) const
{
    const auto found = std::find_if(
        m_entries.begin(), m_entries.end(), [&key](const auto &entry) { return entry->key == key; });
    return found != m_entries.end() ? *found : nullptr;
}

std::shared_ptr<CurveFeed::Entry> CurveFeed::findOrMake(const Key &key)
{
    if (std::shared_ptr<Entry> entry = findOrNull(key))
        return entry;
    auto entry = std::make_shared<Entry>();
    entry->key = key;
    for (const HeadFactor &factor : key.scope)
        entry->curve.scope.push_back({factor.head, factor.gamma});
    entry->curve.turned = editAt(key.target, HeadRef(), m_state.grid());
    entry->curve.answers = key.answers;
    entry->curve.focus = key.focus;
    entry->curve.gammas = gammaGrid();
    entry->curve.points.resize(entry->curve.gammas.size());
    m_entries.push_back(entry);
    if (m_entries.size() > kMostEntries)
        m_entries.erase(m_entries.begin());
    return entry;
}

std::shared_ptr<CurveFeed::Entry> CurveFeed::shownFactorEntry() const
{
    if (!m_state.model())
        return nullptr;
    const Key key = factorKey();
    std::shared_ptr<Entry> entry = findOrNull(key);
    if (entry && entry->curve.hasPoints())
        return entry;
    return m_lastFactor && m_lastFactor->key.sameSubject(key) ? m_lastFactor : nullptr;
}

const FactorCurve *CurveFeed::factorCurve() const
{
    const std::shared_ptr<Entry> entry = shownFactorEntry();
    return entry ? &entry->curve : nullptr; // m_entries or m_lastFactor keeps it alive
}

const FactorCurve *CurveFeed::entropyCurve() const
{
    if (!m_state.model())
        return nullptr;
    const Key key = factorKey();
    const FactorCurve *best = nullptr;
    for (const std::shared_ptr<Entry> &entry : m_entries) {
        const bool isUsable = entry->curve.hasPoints() && entry->key.sameButAnswers(key);
        if (isUsable && (!best || entry->curve.knownCount() >= best->knownCount()))
            best = &entry->curve;
    }
    return best ? best : factorCurve();
}

std::optional<CurveProgress> CurveFeed::factorProgress() const
{
    if (!m_state.model() || !m_state.baseline() || m_state.isRefused())
        return std::nullopt;
    const Key key = factorKey();
    if (key.scope.empty())
        return std::nullopt;
    const std::shared_ptr<Entry> entry = findOrNull(key);
    CurveProgress progress {0, kGammaCount + 1};
    if (entry)
        progress = {entry->curve.knownCount(), entry->curve.points.size()};
    return progress.known < progress.wanted ? std::optional(progress) : std::nullopt;
}

bool CurveFeed::isOldFactorCurve() const
{
    const std::shared_ptr<Entry> entry = shownFactorEntry();
    return entry && !(entry->key == factorKey());
}

const FactorCurve *CurveFeed::editCurve(const std::vector<HeadRef> &heads) const
{
    if (const std::shared_ptr<Entry> entry = findOrNull(editKey(heads)); entry && entry->curve.isComplete())
        return &entry->curve;
    const auto last = m_lastOfEdit.find(heads);
    return last != m_lastOfEdit.end() ? &last->second->curve : nullptr;
}

bool CurveFeed::isOldEditCurve(const std::vector<HeadRef> &heads) const
{
    const auto last = m_lastOfEdit.find(heads);
    if (last == m_lastOfEdit.end())
        return false;
    const Key key = editKey(heads);
    const std::shared_ptr<Entry> entry = findOrNull(key);
    return !(last->second->key == key) && !(entry && entry->curve.isComplete());
}

std::vector<std::vector<HeadRef>> CurveFeed::editsWithCurve() const
{
    std::vector<std::vector<HeadRef>> wanted;
    if (!m_state.model())
        return wanted;
    const EditList &edits = m_state.edits();
    for (const EditGroup &group : keptGroups(m_editRows, edits.entries(), m_state.grid())) {
        const double gamma = edits.listedFactor(group.heads.front());
        const bool isOne = std::all_of(group.heads.begin(), group.heads.end(), [&](HeadRef head) {
            const EditEntry *entry = edits.findOrNull(head);
            return entry && entry->isEnabled && entry->gamma == gamma;
        });
        if (isOne && wanted.size() < static_cast<std::size_t>(kMostEditCurves))
            wanted.push_back(group.heads);
    }
    return wanted;
}

void CurveFeed::setEditRows(const std::vector<EditGroup> &groups)
{
    if (groups == m_editRows)
        return;
    m_editRows = groups;
    if (m_state.isComplete()) // no answer will come that would ask for the new rows' curves
        m_settle.start();
}

bool CurveFeed::isIdle() const
{
    if (!m_state.isComplete() || m_settle.isActive())
        return false;
    const auto isDone = [this](const Key &key) {
        const std::shared_ptr<Entry> entry = findOrNull(key);
        return key.scope.empty() || (entry && entry->curve.isComplete());
    };
    const std::vector<std::vector<HeadRef>> edits = editsWithCurve();
    return isDone(factorKey())
        && std::all_of(edits.begin(), edits.end(), [&](const auto &heads) { return isDone(editKey(heads)); });
}

void CurveFeed::pump()
{
    if (!m_state.isComplete())
        return;
    const Key key = factorKey();
    if (!key.scope.empty()) {
        const std::shared_ptr<Entry> entry = findOrMake(key);
        if (!entry->curve.isComplete()) {
            askFor(entry, factorScope().gamma);
            return;
        }
    }
    for (const std::vector<HeadRef> &heads : editsWithCurve()) {
        const std::shared_ptr<Entry> entry = findOrMake(editKey(heads));
        if (!entry->curve.isComplete()) {
            askFor(entry, m_state.edits().effectiveFactor(heads.front()));
            return;
        }
        m_lastOfEdit[heads] = entry;
        Q_EMIT editCurveChanged();
    }
    m_asked.reset();
    Q_EMIT idleReached();
}

void CurveFeed::askFor(const std::shared_ptr<Entry> &entry, double handle)
{
    if (m_asked == entry && m_missing > 0)
        return;
    const FactorCurve &curve = entry->curve;
    m_asked = entry;
    m_askedPlaces.clear();
    for (std::size_t index = 0; index < curve.gammas.size(); ++index) {
        if (!curve.points[index])
            m_askedPlaces.push_back(index);
    }
    std::stable_sort(m_askedPlaces.begin(), m_askedPlaces.end(), [&](std::size_t left, std::size_t right) {
        return std::abs(place(curve.gammas[left]) - place(handle))
            < std::abs(place(curve.gammas[right]) - place(handle));
    });
    m_missing = m_askedPlaces.size();
    CurveQuestion question;
    question.scope = curve.scope;
    question.turned = curve.turned;
    question.focus = curve.focus;
    for (const std::size_t index : m_askedPlaces)
        question.gammas.push_back(curve.gammas[index]);
    m_engine.askCurve(std::move(question));
}

void CurveFeed::takePoint(const CurvePoint &point)
{
    if (!m_asked || point.index >= m_askedPlaces.size())
        return;
    std::optional<CurvePoint> &slot = m_asked->curve.points[m_askedPlaces[point.index]];
    if (!slot)
        --m_missing;
    slot = point;
    if (m_asked->key == factorKey()) {
        m_lastFactor = m_asked;
        Q_EMIT factorCurveChanged();
    }
    if (m_missing > 0)
        return;
    const std::shared_ptr<Entry> finished = m_asked;
    m_asked.reset();
    std::vector<HeadRef> heads;
    for (const CurveHead &turned : finished->curve.scope)
        heads.push_back(turned.head);
    if (finished->key.target.isPlain()
        && heads.front() == finished->curve.focus) { // else the factor panel asked, seen from another head
        m_lastOfEdit[heads] = finished;
        Q_EMIT editCurveChanged();
    }
    pump();
}

} // namespace sinkscope::ui
