using System.Globalization;

namespace Undercroft.Backends;

/// <summary>Checks the settings of stores, with one sentence for all that are wrong.</summary>
public static class StoreSetting
{
    /// <summary>Refuses a setting that makes no sense.</summary>
    /// <param name="holds">Whether it makes sense.</param>
    /// <param name="options">The name of the options' class.</param>
    /// <param name="setting">The name of the property; the error's <see cref="ArgumentException.ParamName"/>.</param>
    /// <param name="found">What it is. It is shown: give no secret.</param>
    /// <param name="expected">What it may be.</param>
    /// <exception cref="ArgumentException">It makes none.</exception>
    public static void Require(bool holds, string options, string setting, object? found, string expected)
    {
        if (!holds)
        {
            throw new ArgumentException(
                $"The setting '{options}.{setting}' is " +
                $"{Names.Show(Convert.ToString(found, CultureInfo.InvariantCulture))}; expected {expected}.",
                setting);
        }
    }
}
