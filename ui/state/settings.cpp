// SPDX-License-Identifier: Apache-2.0
// What the window remembers from one start to the next.
#include "ui/state/settings.h"

#include "core/base/error.h"
#include "core/intervention/intervention_json.h"

#include <QtCore/QFileInfo>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>

#include <algorithm>
#include <cmath>

namespace sinkscope::ui {

namespace {

const QLatin1String kPrompt("prompt");
const QLatin1String kForm("form");
const QLatin1String kSystem("system");
const QLatin1String kAnswers("answers");
const QLatin1String kEdits("edits");
const QLatin1String kLayer("layer");
const QLatin1String kHead("head");
const QLatin1String kGamma("gamma");
const QLatin1String kEnabled("enabled");
const QLatin1String kIds("ids");
const QLatin1String kOthers("otherEdits");
const QLatin1String kOthersOff("otherEditsOff");
const QLatin1String kGroups("groups");
const QLatin1String kChat("chat");
const QLatin1String kRaw("raw");

QJsonArray editsToJson(const EditList &edits)
{
    QJsonArray array;
    for (const EditEntry &entry : edits.entries())
        array.append(QJsonObject {{kLayer, entry.head.layer.value}, {kHead, entry.head.head.value},
            {kGamma, entry.gamma}, {kEnabled, entry.isEnabled}});
    return array;
}

EditList editsFromJson(const QJsonArray &array)
{
    EditList edits;
    for (const QJsonValue &value : array) {
        const QJsonObject object = value.toObject();
        const HeadRef head {LayerIndex(object[kLayer].toInt(-1)), HeadIndex(object[kHead].toInt(-1))};
        const double gamma = object[kGamma].toDouble(-1.0);
        if (head.layer.value < 0 || head.head.value < 0 || !(gamma >= 0.0) || !std::isfinite(gamma))
            continue;
        edits.set({head, gamma});
        edits.setSwitch(head, object[kEnabled].toBool(true) ? EditSwitch::On : EditSwitch::Off);
    }
    return edits;
}

void addOthers(EditList &edits, const QJsonValue &json, EditSwitch to)
{
    if (!json.isString())
        return;
    try {
        const Intervention others = interventionFromJson(json.toString().toStdString(), "the settings");
        for (const HeadEdit &edit : others.edits()) {
            edits.setEdit(edit);
            edits.setSwitch(edit, to);
        }
    } catch (const Error &) { // of no form that is known: left, as other values that cannot be read
    }
}

QJsonObject groupsToJson(const EditList::Groups &groups)
{
    QJsonObject object;
    for (const auto &[name, heads] : groups) {
        QJsonArray array;
        for (const HeadRef head : heads)
            array.append(QJsonArray {head.layer.value, head.head.value});
        object[QString::fromStdString(name)] = array;
    }
    return object;
}

void addGroups(EditList &edits, const QJsonObject &groups)
{
    for (auto group = groups.begin(); group != groups.end(); ++group) {
        std::vector<HeadRef> heads;
        const QJsonArray array = group.value().toArray();
        for (const QJsonValue &value : array)
            if (value[0].toInt(-1) >= 0 && value[1].toInt(-1) >= 0)
                heads.push_back({LayerIndex(value[0].toInt()), HeadIndex(value[1].toInt())});
        edits.setGroup(group.key().toStdString(), std::move(heads));
    }
}

} // namespace

QByteArray sessionToJson(const SavedSession &saved)
{
    const SessionValue &session = saved.session;
    QJsonObject object {{kPrompt, QString::fromStdString(session.prompt.text)},
        {kForm, session.prompt.form == PromptForm::Chat ? kChat : kRaw}, {kLayer, saved.head.layer.value},
        {kHead, saved.head.head.value}, {kEdits, editsToJson(session.edits)}};
    if (session.prompt.system)
        object[kSystem] = QString::fromStdString(*session.prompt.system);
    QJsonArray ids;
    for (const TokenId id : session.prompt.ids)
        ids.append(id.value);
    if (!ids.isEmpty())
        object[kIds] = ids;
    if (!session.edits.groups().empty())
        object[kGroups] = groupsToJson(session.edits.groups());
    QJsonArray answers;
    for (const std::string &answer : session.answers)
        answers.append(QString::fromStdString(answer));
    object[kAnswers] = answers;
    for (const bool isEnabled : {true, false}) { // in the form of an edits file
        Intervention others;
        for (const OtherEdit &other : session.edits.others())
            if (other.isEnabled == isEnabled)
                others.set(other.edit);
        if (!others.empty())
            object[isEnabled ? kOthers : kOthersOff] = QString::fromStdString(interventionToJson(others));
    }
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

std::optional<SavedSession> sessionFromJson(const QByteArray &json)
{
    const QJsonDocument document = QJsonDocument::fromJson(json);
    const QJsonObject object = document.object();
    if (!object[kPrompt].isString())
        return std::nullopt;
    SavedSession saved;
    PromptSpec &prompt = saved.session.prompt;
    prompt.text = object[kPrompt].toString().toStdString();
    prompt.form = object[kForm].toString() == kChat ? PromptForm::Chat : PromptForm::Raw;
    if (object[kSystem].isString())
        prompt.system = object[kSystem].toString().toStdString();
    const QJsonArray ids = object[kIds].toArray();
    for (const QJsonValue &id : ids)
        prompt.ids.emplace_back(id.toInt(-1));
    const QJsonArray answers = object[kAnswers].toArray();
    for (const QJsonValue &answer : answers)
        saved.session.answers.push_back(answer.toString().toStdString());
    saved.session.edits = editsFromJson(object[kEdits].toArray());
    addOthers(saved.session.edits, object[kOthers], EditSwitch::On);
    addOthers(saved.session.edits, object[kOthersOff], EditSwitch::Off);
    addGroups(saved.session.edits, object[kGroups].toObject());
    saved.head = {LayerIndex(qMax(0, object[kLayer].toInt())), HeadIndex(qMax(0, object[kHead].toInt()))};
    return saved;
}

Settings::Settings()
    : m_store(std::make_unique<QSettings>())
{
}

Settings::Settings(const QString &iniPath)
{
    if (!iniPath.isEmpty())
        m_store = std::make_unique<QSettings>(iniPath, QSettings::IniFormat);
}

QVariant Settings::value(const char *key) const
{
    return m_store ? m_store->value(QLatin1String(key)) : QVariant();
}

void Settings::setValue(const char *key, const QVariant &value)
{
    if (m_store)
        m_store->setValue(QLatin1String(key), value);
}

QByteArray Settings::windowGeometry() const
{
    return value("window/geometry").toByteArray();
}

QByteArray Settings::windowState() const
{
    return value("window/state").toByteArray();
}

void Settings::setWindow(const QByteArray &geometry, const QByteArray &state)
{
    setValue("window/geometry", geometry);
    setValue("window/state", state);
}

QByteArray Settings::trustRecords() const
{
    return value("trust").toByteArray();
}

void Settings::setTrustRecords(const QByteArray &json)
{
    setValue("trust", json);
}

QString Settings::perspective() const
{
    return value("window/perspective").toString();
}

void Settings::setPerspective(const QString &name)
{
    setValue("window/perspective", name);
}

int Settings::promptHeight() const
{
    return value("window/promptHeight").toInt();
}

void Settings::setPromptHeight(int px)
{
    setValue("window/promptHeight", px);
}

PreferenceValues Settings::preferences() const
{
    PreferenceValues values;
    const auto bytes = [this](const char *key) -> std::optional<std::uint64_t> {
        bool isNumber = false;
        const qulonglong saved = value(key).toULongLong(&isNumber);
        return isNumber && saved > 0 ? std::optional<std::uint64_t>(saved) : std::nullopt;
    };
    const QString theme = value("theme").toString();
    if (theme == QLatin1String("light"))
        values.theme = ThemeChoice::Light;
    else if (theme == QLatin1String("dark"))
        values.theme = ThemeChoice::Dark;
    values.colourMap = value("colourMap").toString();
    if (value("entropyUnit").toString() == QLatin1String("bits"))
        values.entropyUnit = EntropyChoice::Bits;
    values.threads = std::max(0, value("threads").toInt());
    values.captureBytes = bytes("captureBytes");
    values.answerBytes = bytes("answerBytes");
    values.pictureBytes = bytes("pictureBytes");
    if (value("dragPrecision").toString() == QLatin1String("exact"))
        values.dragPrecision = DragPrecision::Exact;
    values.modelFolder = value("modelFolder").toString();
    return values;
}

void Settings::setPreferences(const PreferenceValues &values)
{
    const auto setBytes = [this](const char *key, std::optional<std::uint64_t> bytes) {
        setValue(key, bytes ? QVariant(qulonglong(*bytes)) : QVariant(QString()));
    };
    setValue("theme",
        values.theme == ThemeChoice::Light      ? QStringLiteral("light")
            : values.theme == ThemeChoice::Dark ? QStringLiteral("dark")
                                                : QStringLiteral("system"));
    setValue("colourMap", values.colourMap);
    setValue("entropyUnit",
        values.entropyUnit == EntropyChoice::Bits ? QStringLiteral("bits") : QStringLiteral("nats"));
    setValue("threads", values.threads);
    setBytes("captureBytes", values.captureBytes);
    setBytes("answerBytes", values.answerBytes);
    setBytes("pictureBytes", values.pictureBytes);
    setValue("dragPrecision",
        values.dragPrecision == DragPrecision::Exact ? QStringLiteral("exact") : QStringLiteral("preview"));
    setValue("modelFolder", values.modelFolder);
}

QString Settings::presetsPath() const
{
    if (!m_store)
        return {};
    const QFileInfo file(m_store->fileName());
    return QStringLiteral("%1/%2-presets.json").arg(file.absolutePath(), file.completeBaseName());
}

QStringList Settings::curves() const
{
    return value("curves").toStringList();
}

void Settings::setCurves(const QStringList &names)
{
    setValue("curves", names);
}

QByteArray Settings::generation() const
{
    return value("generation").toByteArray();
}

void Settings::setGeneration(const QByteArray &json)
{
    setValue("generation", json);
}

QString Settings::lastModel() const
{
    return recentModels().value(0);
}

QStringList Settings::recentModels() const
{
    return value("models").toStringList();
}

void Settings::addModel(const QString &path)
{
    addRecent("models", path);
}

QString Settings::sessionFile() const
{
    return value("sessionFile").toString();
}

void Settings::setSessionFile(const QString &path)
{
    setValue("sessionFile", path);
    if (m_store)
        m_store->sync(); // also where the program is killed later
}

QStringList Settings::recentSessions() const
{
    return value("sessions").toStringList();
}

void Settings::addSession(const QString &path)
{
    addRecent("sessions", path);
}

void Settings::addRecent(const char *key, const QString &path)
{
    QStringList paths = value(key).toStringList();
    paths.removeAll(path);
    paths.prepend(path);
    while (paths.size() > kMostRecent)
        paths.removeLast();
    setValue(key, paths);
}

std::optional<SavedSession> Settings::session() const
{
    return sessionFromJson(value("session").toByteArray());
}

void Settings::setSession(const SavedSession &session)
{
    setValue("session", sessionToJson(session));
}

} // namespace sinkscope::ui
