// SPDX-License-Identifier: Apache-2.0
// Texts after the prompt, asked for by a person.
#include "ui/state/generation_feed.h"

#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>

#include <algorithm>
#include <limits>

namespace sinkscope::ui {

namespace {

const QLatin1String kMethod("method");
const QLatin1String kTokens("tokens");
const QLatin1String kTemperature("temperature");
const QLatin1String kTopK("topK");
const QLatin1String kTopP("topP");
const QLatin1String kSeed("seed");
const QLatin1String kBeams("beams");
constexpr double kMostTemperature = 10.0;
constexpr double kLeastTopP = 0.001;
constexpr int kMostNewTokens = 4096;
constexpr int kMostBeams = 16;
constexpr int kMostTopK = 100000;

} // namespace

QByteArray generationToJson(const GenerationQuestion &options)
{
    const QJsonObject object {{kMethod, static_cast<int>(options.method)}, {kTokens, options.maxNewTokens},
        {kTemperature, options.temperature}, {kTopK, options.topK}, {kTopP, options.topP},
        {kSeed, static_cast<double>(options.seed)}, {kBeams, options.beams}};
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

GenerationQuestion generationFromJson(const QByteArray &json)
{
    const QJsonObject object = QJsonDocument::fromJson(json).object();
    GenerationQuestion options;
    options.method = static_cast<GenerationMethod>(std::clamp(object[kMethod].toInt(), 0, 2));
    options.maxNewTokens = std::clamp(object[kTokens].toInt(options.maxNewTokens), 1, kMostNewTokens);
    options.temperature =
        std::clamp(object[kTemperature].toDouble(options.temperature), 0.0, kMostTemperature);
    options.topK = std::clamp(object[kTopK].toInt(options.topK), 0, kMostTopK);
    options.topP = std::clamp(object[kTopP].toDouble(options.topP), kLeastTopP, 1.0);
    options.seed = static_cast<std::uint64_t>(
        std::clamp(object[kSeed].toDouble(), 0.0, double(std::numeric_limits<int>::max())));
    options.beams = std::clamp(object[kBeams].toInt(options.beams), 1, kMostBeams);
    return options;
}

GenerationFeed::GenerationFeed(EngineController &engine, AppState &state, Settings &settings, QObject *parent)
    : QObject(parent)
    , m_engine(engine)
    , m_state(state)
    , m_settings(settings)
    , m_options(generationFromJson(settings.generation()))
{
    connect(&engine, &EngineController::generationAdvanced, this, &GenerationFeed::take);
    connect(&engine, &EngineController::generationFailed, this, &GenerationFeed::takeFailure);
    connect(&state, &AppState::modelChanged, this, &GenerationFeed::forget);
    for (const auto change : {&AppState::promptChanged, &AppState::editsChanged, &AppState::snapshotsChanged})
        connect(&state, change, this, &GenerationFeed::changed);
}

void GenerationFeed::setOptions(const GenerationQuestion &options)
{
    if (options == m_options)
        return;
    m_options = options;
    m_settings.setGeneration(generationToJson(options));
    Q_EMIT optionsChanged();
}

bool GenerationFeed::canStart() const
{
    return m_state.model() && !m_state.isRefused() && (m_state.baseline() || m_engine.isPassRunning());
}

void GenerationFeed::start()
{
    if (!canStart())
        return;
    m_answer.reset();
    m_failure.reset();
    m_prompt = m_state.session().prompt;
    m_isRunning = true;
    m_isStopped = false;
    m_engine.askGeneration(m_options);
    Q_EMIT changed();
}

void GenerationFeed::stop()
{
    if (!m_isRunning)
        return;
    m_engine.cancelGeneration();
    m_isRunning = false;
    m_isStopped = true;
    Q_EMIT changed();
}

void GenerationFeed::take(const std::shared_ptr<const GenerationAnswer> &answer)
{
    m_answer = answer;
    m_isRunning = !answer->isComplete();
    Q_EMIT changed();
}

void GenerationFeed::takeFailure(const UserMessage &message)
{
    m_failure = message;
    m_isRunning = false;
    Q_EMIT changed();
}

void GenerationFeed::forget()
{
    m_answer.reset();
    m_failure.reset();
    m_isRunning = false;
    m_isStopped = false;
    Q_EMIT changed();
}

GenerationFeed::Age GenerationFeed::age() const
{
    if (!m_answer)
        return Age::Current;
    if (m_prompt != m_state.session().prompt)
        return Age::EarlierPrompt;
    return m_answer->edits == m_state.intervention() ? Age::Current : Age::EarlierEdits;
}

void GenerationFeed::openAsPrompt(Text text, std::size_t count)
{
    if (!m_answer || !m_state.model())
        return;
    const GeneratedText &generated = text == Text::Baseline ? m_answer->baseline : m_answer->edited;
    SessionValue after = m_state.session();
    PromptSpec prompt;
    prompt.ids = m_answer->prompt->ids;
    for (std::size_t token = 0; token < std::min(count, generated.tokens.size()); ++token)
        prompt.ids.push_back(generated.tokens[token].id);
    prompt.text = m_state.model()->tokenizer->decode(prompt.ids);
    after.prompt = std::move(prompt);
    m_state.change(after, tr("open generated text as the prompt"));
}

} // namespace sinkscope::ui
