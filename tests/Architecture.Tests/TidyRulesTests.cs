namespace Architecture.Tests;

/// <summary>A rule that finds nothing proves nothing: each is shown what it forbids and what it lets pass.</summary>
public sealed class TidyRulesTests
{
    [Fact]
    public void A_file_of_401_lines_is_too_long()
    {
        Assert.Empty(Tidy.FileIsShort(Source(string.Concat(Enumerable.Repeat("//\n", 400)))));
        Assert.Single(Tidy.FileIsShort(Source(string.Concat(Enumerable.Repeat("//\n", 401)))));
    }

    [Theory]
    [InlineData(70, 0)]
    [InlineData(71, 1)]
    public void Braces_in_strings_and_comments_do_not_hide_a_long_method(int lines, int expected)
    {
        // The frame has five lines.
        var filler = string.Concat(Enumerable.Repeat("x();\n", lines - 5));
        var file = Source($"class Sample\n{{\nvoid A()\n{{\n// }}\nvar s = \"\"\"}}\"\"\" + \"}}\";\n{filler}}}\n}}\n");

        Assert.Equal(expected, Tidy.MethodsAreShort(file).Count());
    }

    [Fact]
    public void Top_level_statements_count_as_one_method()
    {
        Assert.Empty(Tidy.MethodsAreShort(Source(string.Concat(Enumerable.Repeat("x();\n", 70)))));
        Assert.Single(Tidy.MethodsAreShort(Source(string.Concat(Enumerable.Repeat("x();\n", 71)))));
    }

    [Fact]
    public void A_line_of_121_columns_is_too_wide()
    {
        Assert.Empty(Tidy.LinesAreNarrow(Source(new string('/', 120) + "\n")));
        Assert.Single(Tidy.LinesAreNarrow(Source(new string('/', 121) + "\n")));
    }

    [Theory]
    [InlineData("namespace A; public class Sample { public class Nested; } internal class Helper;", 0)]
    [InlineData("public interface Sample<T>;", 0)]
    [InlineData("internal class Helper; internal class Another;", 0)]
    [InlineData("global using System;", 0)]
    [InlineData("public delegate void Sample();", 0)]
    [InlineData("public class Sample; public enum Second { A }", 1)]
    [InlineData("public class Other;", 1)]
    [InlineData("internal class Other;", 1)]
    [InlineData("internal class Sample; public class Other;", 1)]
    public void One_public_type_names_its_file(string text, int expected) =>
        Assert.Equal(expected, Tidy.OnePublicTypeNamesItsFile(Source(text)).Count());

    [Theory]
    [InlineData("class A;\n", 0)]
    [InlineData("class A;\r\n", 1)]
    [InlineData("class A;", 1)]
    public void Lines_end_in_LF(string text, int expected) =>
        Assert.Equal(expected, Tidy.EndsOfLinesAreLf(Source(text)).Count());

    [Fact]
    public void A_region_is_found_and_the_word_in_a_string_is_not()
    {
        Assert.Single(Tidy.NothingIsFoldedAway(Source("#region x\nclass A;\n#endregion\n")));
        Assert.Empty(Tidy.NothingIsFoldedAway(Source("class A { string s = \"#region\"; }\n")));
    }

    [Theory]
    [InlineData("partial class A { [LoggerMessage(1)] static partial void Log(); }", 0)]
    [InlineData("[JsonSerializable(typeof(int))] partial class A : JsonSerializerContext;", 0)]
    [InlineData("partial class A { [Fact] void B() { } }", 1)]
    [InlineData("partial struct A;", 1)]
    public void Partial_is_for_generators(string text, int expected) =>
        Assert.Equal(expected, Tidy.PartialsAreForGenerators(Source(text)).Count());

    [Theory]
    [InlineData("// TO" + "DO: later\n", 1)]
    [InlineData("/* FIX" + "ME */\n", 1)]
    [InlineData("class A { void B() => throw new NotImplementedException(); }\n", 1)]
    [InlineData("// mastodon\nclass Todo;\n", 0)]
    public void Work_left_for_later_is_found(string text, int expected) =>
        Assert.Equal(expected, Tidy.NothingIsLeftForLater(Source(text)).Count());

    [Theory]
    [InlineData("Thread.Sleep(1);", 1)]
    [InlineData("System.Threading.Thread.Sleep(1);", 1)]
    [InlineData("clock.Sleep(1); // Thread.Sleep(1)", 0)]
    public void A_sleeping_thread_is_found(string text, int expected) =>
        Assert.Equal(expected, Tidy.NobodySleeps(Source(text)).Count());

    [Theory]
    [InlineData("class A { async void B() { } }", 1)]
    [InlineData("class A { async Task B() { async void C() { } } }", 1)]
    [InlineData("class A { async Task B() { } void C() { } }", 0)]
    public void An_async_method_that_nobody_can_await_is_found(string text, int expected) =>
        Assert.Equal(expected, Tidy.AsyncMethodsCanBeAwaited(Source(text)).Count());

    [Theory]
    [InlineData("try { } catch { }", 1)]
    [InlineData("try { } catch (Exception) { }", 1)]
    [InlineData("try { } catch (Exception)\n{\n// The lock is gone already.\n}", 0)]
    [InlineData("try { } catch (Exception) { throw; }", 0)]
    public void A_swallowed_error_is_found(string text, int expected) =>
        Assert.Equal(expected, Tidy.ErrorsAreNotSwallowedSilently(Source(text)).Count());

    [Theory]
    [InlineData("interface I { void A() { } }", 1)]
    [InlineData("interface I { int A() => 1; }", 1)]
    [InlineData("interface I { void A(); static int B() => 1; }", 0)]
    public void A_default_body_is_found(string text, int expected) =>
        Assert.Equal(expected, Tidy.PortsHaveNoBodies(Source(text)).Count());

    [Theory]
    [InlineData("class A { static int b; }", 1)]
    [InlineData("class A { static int B { get; set; } }", 1)]
    [InlineData("class A { static readonly int b; const int C = 1; static int D { get; } int e; }", 0)]
    public void Static_state_that_changes_is_found(string text, int expected) =>
        Assert.Equal(expected, Tidy.NothingStaticChanges(Source(text)).Count());

    [Theory]
    [InlineData("var a = Activator.CreateInstance<B>();", 1)]
    [InlineData("var a = Assembly.LoadFrom(path);", 1)]
    [InlineData("var a = typeof(B).GetMethods();", 1)]
    [InlineData("var a = b.GetType().GetProperty(name);", 1)]
    [InlineData("var a = typeof(B).MakeGenericType(c);", 1)]
    [InlineData("var a = typeof(B).Assembly; var b = json.GetProperty(name); var c = d.GetType().Name;", 0)]
    public void Reflection_is_found(string text, int expected) =>
        Assert.Equal(expected, Tidy.NothingIsFoundByReflection(Source(text)).Count());

    private static SourceFile Source(string text) => new("src/core/Sample.cs", text);
}
