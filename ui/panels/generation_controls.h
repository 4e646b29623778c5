// SPDX-License-Identifier: Apache-2.0
// How text is generated, in one row: the method and only those values that it uses.
#pragma once

#include "ui/panels/panel.h"
#include "ui/state/generation_feed.h"

#include <QtWidgets/QDoubleSpinBox>
#include <QtWidgets/QSpinBox>

namespace sinkscope::ui {

/// Owner: the generation panel. Threads: GUI thread.
class GenerationControls : public QWidget {
    Q_OBJECT

public:
    explicit GenerationControls(GenerationFeed &feed, QWidget *parent = nullptr);

    void setTheme(const Theme &theme);

private:
    struct Field {
        QLabel *label;
        QAbstractSpinBox *box;
        std::vector<GenerationMethod> methods;
    };
    struct Names {
        const char *objectName;
        QString label;
        QString toolTip;
    };
    QSpinBox *addInteger(const Names &names, int least, int most);
    QDoubleSpinBox *addDecimal(const Names &names, double least, double most);
    void addField(const Names &names, QAbstractSpinBox *box);
    void setMethods(std::vector<GenerationMethod> methods) { m_fields.back().methods = std::move(methods); }
    void makeFields();
    void refresh();
    void commit();

    GenerationFeed &m_feed;
    SegmentRow *m_method;
    std::vector<Field> m_fields;
    QSpinBox *m_tokens = nullptr;
    QDoubleSpinBox *m_temperature = nullptr;
    QSpinBox *m_topK = nullptr;
    QDoubleSpinBox *m_topP = nullptr;
    QSpinBox *m_seed = nullptr;
    QSpinBox *m_beams = nullptr;
    bool m_isFilling = true; // the fields tell what they are given, not what a person chose
};

} // namespace sinkscope::ui
