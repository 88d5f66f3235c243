// The peer of the options benchmarks: QuantLib on the same inputs, one timed pass for each line on standard input.
//   quantlib COLUMNS.bin ROWS ANSWERS.bin
// COLUMNS.bin holds float64 columns one after another: spot, strike, days, vol, rate, yield, side, undiscounted price.
// A line is the name of a pass; the answer is one line with its seconds of processor time, which other work
// on the machine hardly moves. ANSWERS.bin gets the first column of the last pass.
#include <ql/quantlib.hpp>
#include <ql/pricingengines/vanilla/qdfpamericanengine.hpp>
#include <cstdio>
#include <ctime>
#include <functional>
#include <iostream>
#include <map>
#include <string>
#include <vector>

using namespace QuantLib;

namespace {

struct Columns {
    std::size_t rows;
    std::vector<double> data;
    double at(int column, std::size_t row) const { return data[column * rows + row]; }
    double spot(std::size_t i) const { return at(0, i); }
    double strike(std::size_t i) const { return at(1, i); }
    double days(std::size_t i) const { return at(2, i); }
    double vol(std::size_t i) const { return at(3, i); }
    double rate(std::size_t i) const { return at(4, i); }
    double yield(std::size_t i) const { return at(5, i); }
    Option::Type type(std::size_t i) const { return at(6, i) > 0 ? Option::Call : Option::Put; }
    double price(std::size_t i) const { return at(7, i); }
};

/** A market whose quotes are set for each option, as a desk would. */
struct Market {
    Date today = Date(2, January, 2024);
    DayCounter counter = Actual365Fixed();
    ext::shared_ptr<SimpleQuote> spot = ext::make_shared<SimpleQuote>(100), vol = ext::make_shared<SimpleQuote>(.2),
                                 rate = ext::make_shared<SimpleQuote>(.0), yield = ext::make_shared<SimpleQuote>(.0);
    ext::shared_ptr<BlackScholesMertonProcess> process = ext::make_shared<BlackScholesMertonProcess>(
        Handle<Quote>(spot),
        Handle<YieldTermStructure>(ext::make_shared<FlatForward>(today, Handle<Quote>(yield), counter)),
        Handle<YieldTermStructure>(ext::make_shared<FlatForward>(today, Handle<Quote>(rate), counter)),
        Handle<BlackVolTermStructure>(ext::make_shared<BlackConstantVol>(today, NullCalendar(), Handle<Quote>(vol), counter)));
    void set(const Columns& c, std::size_t i) {
        spot->setValue(c.spot(i));
        vol->setValue(c.vol(i));
        rate->setValue(c.rate(i));
        yield->setValue(c.yield(i));
    }
};

double sink = 0;

void calculator(const Columns& c, std::vector<double>& out) {
    for (std::size_t i = 0; i < c.rows; i++) {
        const double t = c.days(i) / 365, s = c.spot(i);
        const double carry = std::exp(-c.yield(i) * t), discount = std::exp(-c.rate(i) * t);
        const BlackCalculator one(c.type(i), c.strike(i), s * carry / discount, c.vol(i) * std::sqrt(t), discount);
        out[i] = one.value();
        sink += one.delta(s) + one.gamma(s) + one.vega(t) + one.theta(s, t) + one.rho(t);
    }
}

void analytic(const Columns& c, std::vector<double>& out) {
    Market market;
    const auto engine = ext::make_shared<AnalyticEuropeanEngine>(market.process);
    for (std::size_t i = 0; i < c.rows; i++) {
        market.set(c, i);
        VanillaOption option(ext::make_shared<PlainVanillaPayoff>(c.type(i), c.strike(i)),
                             ext::make_shared<EuropeanExercise>(market.today + Integer(c.days(i))));
        option.setPricingEngine(engine);
        out[i] = option.NPV();
        sink += option.delta() + option.gamma() + option.vega() + option.theta() + option.rho();
    }
}

void implied(const Columns& c, std::vector<double>& out) {
    for (std::size_t i = 0; i < c.rows; i++) {
        try {
            const double sd = blackFormulaImpliedStdDev(c.type(i), c.strike(i), c.spot(i), c.price(i), 1.0, 0.0, Null<Real>(), 1e-12, 1000);
            out[i] = sd / std::sqrt(c.days(i) / 365);
        } catch (const std::exception&) {
            out[i] = -1;
        }
    }
}

void american(const Columns& c, std::vector<double>& out, const ext::shared_ptr<QdFpIterationScheme>& scheme) {
    Market market;
    const auto engine = ext::make_shared<QdFpAmericanEngine>(market.process, scheme);
    for (std::size_t i = 0; i < c.rows; i++) {
        market.set(c, i);
        VanillaOption option(ext::make_shared<PlainVanillaPayoff>(c.type(i), c.strike(i)),
                             ext::make_shared<AmericanExercise>(market.today, market.today + Integer(c.days(i))));
        option.setPricingEngine(engine);
        out[i] = option.NPV();
    }
}

}

int main(int argc, char** argv) {
    if (argc != 4) return 2;
    Settings::instance().evaluationDate() = Date(2, January, 2024);
    Columns columns;
    columns.rows = std::stoul(argv[2]);
    columns.data.resize(8 * columns.rows);
    FILE* file = std::fopen(argv[1], "rb");
    if (!file || std::fread(columns.data.data(), sizeof(double), columns.data.size(), file) != columns.data.size()) return 3;
    std::fclose(file);
    using Pass = std::function<void(std::vector<double>&)>;
    const std::map<std::string, Pass> passes{
        {"calculator", [&](auto& out) { calculator(columns, out); }},
        {"analytic", [&](auto& out) { analytic(columns, out); }},
        {"implied", [&](auto& out) { implied(columns, out); }},
        {"american-fast", [&](auto& out) { american(columns, out, QdFpAmericanEngine::fastScheme()); }},
        {"american-accurate", [&](auto& out) { american(columns, out, QdFpAmericanEngine::accurateScheme()); }},
    };
    std::string name;
    while (std::getline(std::cin, name)) {
        const auto pass = passes.find(name);
        if (pass == passes.end()) return 4;
        std::vector<double> out(columns.rows);
        const std::clock_t start = std::clock();
        pass->second(out);
        const double seconds = double(std::clock() - start) / CLOCKS_PER_SEC;
        FILE* answers = std::fopen(argv[3], "wb");
        std::fwrite(out.data(), sizeof(double), out.size(), answers);
        std::fclose(answers);
        std::printf("%.9g\n", seconds);
        std::fflush(stdout);
    }
    if (sink == 42) std::puts("");
}
