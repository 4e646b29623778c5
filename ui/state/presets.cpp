// SPDX-License-Identifier: Apache-2.0
// The user's presets.
#include "ui/state/presets.h"

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/intervention/intervention_json.h"
#include "ui/state/session_content.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>

#include <algorithm>

namespace sinkscope::ui {

namespace {

const QLatin1String kPresets("presets");
const QLatin1String kName("name");
const QLatin1String kEdits("edits");
const QLatin1String kOff("switchedOff");

QJsonValue jsonOf(const Intervention &edits)
{
    return QJsonDocument::fromJson(QByteArray::fromStdString(interventionToJson(edits))).array();
}

Intervention editsOf(const QJsonValue &json, const QString &sourceName)
{
    return interventionFromJson(
        QJsonDocument(json.toArray()).toJson().toStdString(), sourceName.toStdString());
}

[[noreturn]] void refuse(const QString &sourceName, const char *given)
{
    throw Error({.what = "the presets cannot be read",
        .file = sourceName.toStdString(),
        .given = given,
        .expected = "{\"presets\":[{\"name\":\"...\",\"edits\":[...]}]}",
        .wayOut = "Mend the file, or move it away: presets then begin anew"});
}

auto placeOf(std::vector<Preset> &presets, const QString &name)
{
    return std::ranges::find(presets, name, &Preset::name);
}

} // namespace

QByteArray presetsToJson(const std::vector<Preset> &presets)
{
    QJsonArray array;
    for (const Preset &preset : presets) {
        SessionValue session;
        session.edits = preset.edits;
        const SessionContent content = contentOf(session);
        QJsonObject object {{kName, preset.name}, {kEdits, jsonOf(content.edits)}};
        if (!content.switchedOff.empty())
            object[kOff] = jsonOf(content.switchedOff);
        array.append(object);
    }
    return QJsonDocument(QJsonObject {{kPresets, array}}).toJson();
}

std::vector<Preset> presetsFromJson(const QByteArray &json, const QString &sourceName)
{
    QJsonParseError failure;
    const QJsonDocument document = QJsonDocument::fromJson(json, &failure);
    if (document.isNull())
        refuse(sourceName, failure.errorString().toUtf8().constData());
    if (!document.object()[kPresets].isArray())
        refuse(sourceName, "no list of presets");
    std::vector<Preset> presets;
    const QJsonArray array = document.object()[kPresets].toArray();
    for (const QJsonValue &value : array) {
        const QString name = value[kName].toString();
        if (name.isEmpty() || !value[kEdits].isArray())
            refuse(sourceName, "a preset without name or edits");
        SessionContent content;
        content.edits = editsOf(value[kEdits], sourceName);
        content.switchedOff = editsOf(value[kOff], sourceName);
        presets.push_back({name, sessionOf(content).edits});
    }
    return presets;
}

std::vector<Preset> PresetFile::all() const
{
    if (m_path.isEmpty() || !QFileInfo::exists(m_path))
        return m_path.isEmpty() ? m_kept : std::vector<Preset>();
    QFile file(m_path);
    if (!file.open(QIODevice::ReadOnly))
        refuse(m_path, file.errorString().toUtf8().constData());
    return presetsFromJson(file.readAll(), m_path);
}

void PresetFile::save(const QString &name, const EditList &edits)
{
    std::vector<Preset> presets = all();
    EditList kept = edits;
    kept.dropGroups();
    if (const auto known = placeOf(presets, name); known != presets.end())
        known->edits = kept;
    else
        presets.push_back({name, kept});
    std::ranges::sort(presets,
        [](const Preset &left, const Preset &right) { return left.name.localeAwareCompare(right.name) < 0; });
    write(presets);
}

void PresetFile::remove(const QString &name)
{
    std::vector<Preset> presets = all();
    std::erase_if(presets, [&name](const Preset &preset) { return preset.name == name; });
    write(presets);
}

void PresetFile::write(const std::vector<Preset> &presets)
{
    if (m_path.isEmpty()) {
        m_kept = presets;
        return;
    }
    QDir().mkpath(QFileInfo(m_path).absolutePath());
    AtomicFile file(m_path.toStdString());
    const QByteArray json = presetsToJson(presets);
    file.append(json.constData(), static_cast<std::size_t>(json.size()));
    file.commit();
}

EditList allHeadsAt(double gamma, const HeadGrid &grid)
{
    EditList edits;
    for (LayerIndex layer; layer.value < grid.layerCount; ++layer)
        for (HeadIndex head; head.value < grid.headCount; ++head)
            edits.set({{layer, head}, gamma});
    return edits;
}

} // namespace sinkscope::ui
