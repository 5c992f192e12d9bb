"""The columns that matter in the real files, as a person reads them: file -> kind, field -> header."""

from __future__ import annotations

from pathlib import Path

from riskkit.sources.mapping import infer_specs

REAL: dict[str, tuple[str, dict[str, str]]] = {
    "ar/ibm_accounts_receivable.csv": ("invoices", {
        "country": "countryCode", "customer_id": "customerID", "invoice_number": "invoiceNumber",
        "issue_date": "InvoiceDate", "due_date": "DueDate", "amount": "InvoiceAmount", "disputed": "Disputed",
        "settled_date": "SettledDate", "days_to_settle": "DaysToSettle", "days_late": "DaysLate"}),
    "ar/highradius_open_items.csv.gz": ("invoices", {
        "entity": "business_code",
        "customer_id": "cust_number", "customer_name": "name_customer", "invoice_number": "invoice_id",
        "issue_date": "posting_date", "due_date": "due_in_date", "open_amount": "total_open_amount",
        "currency": "invoice_currency", "document_type": "document type", "payment_terms": "cust_payment_terms"}),
    "ar/highradius_closed_days_late.csv.gz": ("invoices", {
        "invoice_number": "invoice_id", "customer_id": "cust_number", "customer_name": "name_customer",
        "amount": "invoice_amount", "days_late": "actual_days_late"}),
    "ar/relational_inr/Invoices.csv": ("invoices", {
        "invoice_number": "Invoice_ID", "customer_id": "Customer_ID", "issue_date": "Invoice_Date",
        "due_date": "Due_Date", "amount": "Invoice_Amount", "status": "Status"}),
    "ar/relational_inr/Payments.csv": ("payments", {
        "payment_id": "Payment_ID", "reference": "Invoice_ID", "payment_date": "Payment_Date",
        "payment_amount": "Amount_Paid", "payment_mode": "Payment_Method"}),
    "ar/relational_inr/Customer_Master.csv": ("customers", {
        "customer_id": "Customer_ID", "customer_name": "Customer_Name", "payment_terms": "Payment_Terms",
        "sales_person": "Account_Manager", "region": "Region", "segment": "Industry",
        "credit_limit": "Credit_Limit"}),
    "ar/relational_inr/Credit_Limits.csv": ("customers", {
        "customer_id": "Customer_ID", "credit_limit": "Credit_Limit", "risk_rating": "Risk_Rating"}),
    "ar/fr_energie/factures.csv.gz": ("invoices", {
        "invoice_number": "facture_id", "customer_id": "client_id", "issue_date": "date_facture",
        "due_date": "date_echeance", "excl_tax_amount": "montant_ht_eur", "amount": "montant_ttc_eur",
        "tax_amount": "tva_eur", "status": "statut_paiement", "days_to_settle": "delai_paiement_jours"}),
    "ar/fr_energie/clients.csv.gz": ("customers", {
        "customer_id": "client_id", "postcode": "code_postal", "town": "commune", "segment": "segment",
        "customer_since": "date_souscription", "customer_status": "statut"}),
    "ar/sage100_export/clients.csv": ("customers", {
        "customer_id": "CT_Num", "customer_name": "CT_Intitule", "payment_terms": "N_Condition",
        "segment": "CT_Classement", "customer_status": "CT_Sommeil"}),
    "ar/sage100_export/factures_clients.csv": ("invoices", {
        "invoice_number": "DO_Piece", "document_type": "DO_Type", "issue_date": "DO_Date", "customer_id": "CT_Num",
        "excl_tax_amount": "DO_TotalHT", "amount": "DO_TotalTTC", "paid_amount": "DO_MontantRegle"}),
    "ar/sage100_export/commandes_clients.csv": ("ignored", {
        "invoice_number": "DO_Piece", "issue_date": "DO_Date", "customer_id": "CT_Num",
        "excl_tax_amount": "DO_TotalHT", "amount": "DO_TotalTTC"}),
    "purchases/online_retail_II_2009_2010.csv.gz": ("invoices", {
        "invoice_number": "Invoice", "customer_id": "Customer ID", "issue_date": "InvoiceDate", "label": "Description",
        "quantity": "Quantity", "unit_price": "Price", "country": "Country"}),
}  # fmt: skip

# Columns that matter to a credit manager and have no place: they count as not found.
WITHOUT_PLACE: dict[str, tuple[str, ...]] = {
    "ar/relational_inr/Credit_Limits.csv": ("Current_Exposure",),
    "ar/fr_energie/factures.csv.gz": ("mode_paiement",),
}


def found_columns(folder: Path, name: str) -> tuple[str, int, int]:
    """How a real file is understood without help: its kind, the columns that matter found, and how many there are."""
    kind, wanted = REAL[name]
    (spec,) = infer_specs([folder / name])
    found = sum(1 for field, header in wanted.items() if spec.columns.get(field) == header)
    return spec.kind, found if spec.kind == kind else 0, len(wanted)


def ledgers(folder: Path) -> list[str]:
    """The French ledgers among the real files."""
    found = (path for path in sorted((folder / "fec").rglob("*")) if path.is_file())
    return [path.relative_to(folder).as_posix() for path in found]
