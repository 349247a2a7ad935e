namespace Architecture.Tests;

/// <summary>The rules of style, over everything there is. None of them has exceptions.</summary>
public sealed class TidyTests
{
    [Fact]
    public void A_file_has_at_most_400_lines() => AssertAll(Tidy.FileIsShort);

    [Fact]
    public void A_method_has_at_most_70_lines() => AssertAll(Tidy.MethodsAreShort);

    [Fact]
    public void A_line_has_at_most_120_columns() => AssertAll(Tidy.LinesAreNarrow);

    [Fact]
    public void A_file_has_one_public_type_and_its_name() => AssertAll(Tidy.OnePublicTypeNamesItsFile);

    [Fact]
    public void Lines_end_in_LF_the_last_one_too() => AssertAll(Tidy.EndsOfLinesAreLf);

    [Fact]
    public void No_region_hides_size() => AssertAll(Tidy.NothingIsFoldedAway);

    [Fact]
    public void A_type_is_partial_only_for_a_source_generator() => AssertAll(Tidy.PartialsAreForGenerators);

    [Fact]
    public void Nothing_is_left_for_later() => AssertAll(Tidy.NothingIsLeftForLater);

    [Fact]
    public void No_thread_sleeps() => AssertAll(Tidy.NobodySleeps);

    [Fact]
    public void Every_async_method_can_be_awaited() => AssertAll(Tidy.AsyncMethodsCanBeAwaited);

    [Fact]
    public void No_error_is_swallowed_without_a_reason() => AssertAll(Tidy.ErrorsAreNotSwallowedSilently);

    [Fact]
    public void No_interface_has_default_bodies() => AssertShipped(Tidy.PortsHaveNoBodies);

    [Fact]
    public void No_static_state_changes() => AssertShipped(Tidy.NothingStaticChanges);

    [Fact]
    public void Nothing_shipped_is_found_by_reflection() => AssertShipped(Tidy.NothingIsFoundByReflection);

    private static void AssertAll(Func<SourceFile, IEnumerable<string>> rule) =>
        Findings.AssertNone(House.Sources.SelectMany(rule));

    private static void AssertShipped(Func<SourceFile, IEnumerable<string>> rule) =>
        Findings.AssertNone(House.Sources.Where(file => file.IsShipped).SelectMany(rule));
}
