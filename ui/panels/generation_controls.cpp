// SPDX-License-Identifier: Apache-2.0
// Implements the row of controls.
#include "ui/panels/generation_controls.h"

#include <QtCore/QScopedValueRollback>
#include <QtWidgets/QHBoxLayout>

#include <algorithm>
#include <limits>

namespace sinkscope::ui {

namespace {

constexpr int kMargin = 16;
constexpr int kBesideLabel = 4; ///< px
constexpr int kBetween = 12; ///< px between fields
constexpr int kFieldWidth = 56; ///< px at text scale 1
constexpr int kMostTokens = 4096;
constexpr int kMostTopK = 100000;
constexpr int kMostBeams = 16; ///< more are slow and find hardly another text

} // namespace

GenerationControls::GenerationControls(GenerationFeed &feed, QWidget *parent)
    : QWidget(parent)
    , m_feed(feed)
    , m_method(
          new SegmentRow({{"methodGreedy", tr("Greedy"), tr("The most likely token each time")},
                             {"methodSample", tr("Sample"),
                                 tr("Tokens are drawn; both texts with the same random numbers, so that a "
                                    "difference comes of the edits")},
                             {"methodBeam", tr("Beam"),
                                 tr("The most likely whole text found while several are kept at each "
                                    "length; sum of ln p, no correction for length")}},
              this))
{
    m_method->setObjectName(QStringLiteral("generationMethod"));
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(kMargin, 0, kMargin, 4);
    row->setSpacing(0);
    row->addWidget(m_method);
    makeFields();
    row->addStretch(1);
    connect(m_method, &SegmentRow::chosen, this, &GenerationControls::commit);
    connect(&feed, &GenerationFeed::optionsChanged, this, &GenerationControls::refresh);
    refresh();
    m_isFilling = false;
}

void GenerationControls::makeFields()
{
    using enum GenerationMethod;
    m_tokens = addInteger({"newTokens", tr("tokens"), tr("Most new tokens")}, 1, kMostTokens);
    setMethods({Greedy, Sample, Beam});
    m_temperature =
        addDecimal({"temperature", tr("temp."),
                       tr("Temperature: below 1 likely tokens are drawn more often; 0 is greedy")},
            0.0, 10.0);
    setMethods({Sample});
    m_topK = addInteger(
        {"topK", tr("top-k"), tr("Draws among the k most likely tokens; 0 keeps all")}, 0, kMostTopK);
    setMethods({Sample});
    m_topK->setSpecialValueText(tr("all"));
    m_topP = addDecimal(
        {"topP", tr("top-p"), tr("Draws among the fewest tokens with this total probability; 1 keeps all")},
        0.001, 1.0);
    m_topP->setDecimals(3);
    setMethods({Sample});
    m_seed = addInteger({"seed", tr("seed"), tr("Start of the random numbers: the same seed, the same text")},
        0, std::numeric_limits<int>::max());
    setMethods({Sample});
    m_beams = addInteger({"beams", tr("beams"), tr("Texts that are kept at each length")}, 1, kMostBeams);
    setMethods({Beam});
}

QSpinBox *GenerationControls::addInteger(const Names &names, int least, int most)
{
    auto *box = new QSpinBox(this);
    box->setRange(least, most);
    addField(names, box);
    connect(box, qOverload<int>(&QSpinBox::valueChanged), this, &GenerationControls::commit);
    return box;
}

QDoubleSpinBox *GenerationControls::addDecimal(const Names &names, double least, double most)
{
    auto *box = new QDoubleSpinBox(this);
    box->setRange(least, most);
    box->setSingleStep(0.1);
    addField(names, box);
    connect(box, qOverload<double>(&QDoubleSpinBox::valueChanged), this, &GenerationControls::commit);
    return box;
}

void GenerationControls::addField(const Names &names, QAbstractSpinBox *box)
{
    auto *row = static_cast<QHBoxLayout *>(layout());
    auto *label = new QLabel(names.label, this);
    label->setBuddy(box);
    box->setButtonSymbols(QAbstractSpinBox::NoButtons);
    box->setKeyboardTracking(false);
    box->setFocusPolicy(Qt::StrongFocus); // the wheel over it scrolls what lies behind
    nameControl(box, names.objectName, names.toolTip.section(QLatin1Char(':'), 0, 0), names.toolTip);
    label->setContentsMargins(kBetween, 0, kBesideLabel, 0);
    row->addWidget(label);
    row->addWidget(box);
    m_fields.push_back({label, box, {}});
}

void GenerationControls::setTheme(const Theme &theme)
{
    for (const Field &field : m_fields) {
        QPalette palette = field.label->palette();
        palette.setColor(QPalette::WindowText, theme.colours().secondaryText);
        field.label->setPalette(palette);
        field.box->setFixedWidth(theme.type().scaled(kFieldWidth));
    }
}

void GenerationControls::refresh()
{
    const QScopedValueRollback<bool> filling(m_isFilling, true);
    const GenerationQuestion &options = m_feed.options();
    m_method->setCurrent(static_cast<int>(options.method));
    m_tokens->setValue(options.maxNewTokens);
    m_temperature->setValue(options.temperature);
    m_topK->setValue(options.topK);
    m_topP->setValue(options.topP);
    m_seed->setValue(static_cast<int>(
        std::min<std::uint64_t>(options.seed, std::uint64_t(std::numeric_limits<int>::max()))));
    m_beams->setValue(options.beams);
    for (const Field &field : m_fields) {
        const bool isUsed = std::ranges::find(field.methods, options.method) != field.methods.end();
        field.label->setVisible(isUsed);
        field.box->setVisible(isUsed);
    }
}

void GenerationControls::commit()
{
    if (m_isFilling)
        return;
    GenerationQuestion options = m_feed.options();
    options.method = static_cast<GenerationMethod>(m_method->current());
    options.maxNewTokens = m_tokens->value();
    options.temperature = m_temperature->value();
    options.topK = m_topK->value();
    options.topP = m_topP->value();
    options.seed = static_cast<std::uint64_t>(m_seed->value());
    options.beams = m_beams->value();
    m_feed.setOptions(options);
}

} // namespace sinkscope::ui
